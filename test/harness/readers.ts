import { readdirSync, statSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Server } from "./server.js";

interface Attempt {
  readonly startedAt: number;
  /** The error's name; undefined when the bytes came. */
  readonly error: string | undefined;
}

/**
 * Clients that read one object again and again while a test throws a switch: half of them on a connection that they keep,
 * half on a new one for each read, so that every worker is asked all the time.
 */
export class Readers {
  readonly #attempts: Attempt[] = [];
  readonly #loops: Promise<void>[];
  #stopped = false;

  constructor(server: Server, Bucket: string, Key: string) {
    this.#loops = [true, true, true, true, false, false, false, false].map(async (keepAlive) => {
      const client = new S3Client({
        endpoint: server.endpoint,
        region: "us-east-1",
        credentials: server.credentials,
        maxAttempts: 1,
        forcePathStyle: true,
        requestHandler: { httpAgent: new Agent({ keepAlive, maxSockets: 1 }) },
      });
      while (!this.#stopped) this.#attempts.push(await attempt(client, Bucket, Key));
      client.destroy();
    });
  }

  /** Resolves when so many more reads have ended. */
  async more(count: number): Promise<void> {
    const goal = this.#attempts.length + count;
    while (this.#attempts.length < goal) await new Promise((resolve) => setImmediate(resolve));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  /** How long after this moment a read could still begin and succeed, and what the others were told. */
  since(moment: number): { readonly reads: number; readonly lastSuccessMs: number; readonly errors: Set<string> } {
    const later = this.#attempts.filter(({ startedAt }) => startedAt >= moment);
    const successes = later.filter(({ error }) => error === undefined).map(({ startedAt }) => startedAt - moment);
    const errors = new Set(later.flatMap(({ error }) => (error === undefined ? [] : [error])));
    return { reads: later.length, lastSuccessMs: Math.max(0, ...successes), errors };
  }
}

async function attempt(client: S3Client, Bucket: string, Key: string): Promise<Attempt> {
  const startedAt = performance.now();
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    await Body?.transformToByteArray();
    return { startedAt, error: undefined };
  } catch (thrown) {
    return { startedAt, error: thrown instanceof Error ? thrown.name : "unknown" };
  }
}

/** How much each worker has written into its trail: who answered meanwhile has written more. */
export function trailBytes(server: Server): number[] {
  const folder = join(server.dataFolder, "audit");
  return readdirSync(folder)
    .sort()
    .map((slot) => segmentBytes(join(folder, slot)));
}

const segmentBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".seg"))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
