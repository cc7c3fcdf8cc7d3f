import { needs } from "../base/index.js";
import type { Blobs, BlobWriter } from "./blobs.js";

export interface MoveProgress {
  readonly phase: "copying" | "removing";
  /** Of this phase, what was found done before included. */
  readonly blobs: number;
  readonly bytes: number;
  /** They were there whole already: an earlier run brought them. */
  readonly already: number;
}

export interface MoveOptions {
  /** What is moved stays where it was, too. */
  readonly keep: boolean;
  /** What others began before is given up: nobody else writes to either store meanwhile. */
  readonly now: Date;
  readonly told: (progress: MoveProgress) => void;
}

const PAGE = 1000;
/** Each holds a part in memory, if the other side is elsewhere. */
const AT_ONCE = 4;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Brings every blob to the other store under its own name, byte for byte as it lies: no key is asked for. Nothing is removed
 * before all is there on the disk, so that until then the old store is whole, and from then on the new one; killed at any
 * line it is begun again and passes over what is there. Nobody else may write to either of them.
 */
export async function moveBlobs(from: Blobs, to: Blobs, { keep, now, told }: MoveOptions): Promise<MoveProgress> {
  await to.abandonBefore(now);
  let copied: MoveProgress = { phase: "copying", blobs: 0, bytes: 0, already: 0 };
  await eachPage(from, async (names) => {
    const done = await inTurns(names, (name) => copy(from, to, name));
    copied = added(copied, done);
    told(copied);
  });
  await to.flushNames();
  if (keep) return copied;
  let removed: MoveProgress = { phase: "removing", blobs: 0, bytes: 0, already: 0 };
  await eachPage(from, async (names) => {
    const done = await inTurns(names, (name) => remove(from, to, name));
    removed = added(removed, done);
    told(removed);
  });
  return copied;
}

interface Done {
  readonly bytes: number;
  readonly wasThere: boolean;
}

const added = (progress: MoveProgress, done: readonly Done[]): MoveProgress => ({
  phase: progress.phase,
  blobs: progress.blobs + done.length,
  bytes: progress.bytes + done.reduce((sum, { bytes }) => sum + bytes, 0),
  already: progress.already + done.filter(({ wasThere }) => wasThere).length,
});

async function eachPage(blobs: Blobs, work: (names: readonly string[]) => Promise<void>): Promise<void> {
  for (let after: string | undefined; ; ) {
    const names = await blobs.list(after, PAGE);
    if (names.length === 0) return;
    await work(names);
    after = names.at(-1);
  }
}

async function inTurns<T>(names: readonly string[], work: (name: string) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE)
    done.push(...(await Promise.all(names.slice(at, at + AT_ONCE).map(work))));
  return done;
}

/** A name is given once in the world, and what has it is whole: two of one size are the same blob. */
async function copy(from: Blobs, to: Blobs, name: string): Promise<Done> {
  const reader = await from.open(name);
  const { bytes } = reader;
  try {
    if ((await to.describe(name))?.bytes === bytes) return { bytes, wasThere: true };
    const writer = await to.createNamed(name);
    try {
      await fill(writer, reader);
    } catch (thrown) {
      await writer.abort().catch(() => {}); // the next run writes over what is left
      throw thrown;
    }
    return { bytes, wasThere: false };
  } finally {
    await reader.close();
  }
}

async function fill(writer: BlobWriter, reader: Awaited<ReturnType<Blobs["open"]>>): Promise<void> {
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, reader.bytes));
  for (let at = 0; at < reader.bytes; ) {
    const piece = chunk.subarray(0, Math.min(chunk.length, reader.bytes - at));
    await reader.read(at, piece);
    await writer.write(piece);
    at += piece.length;
  }
  await writer.commit();
}

/** Only what lies whole at the other side. */
async function remove(from: Blobs, to: Blobs, name: string): Promise<Done> {
  const [here, there] = await Promise.all([from.describe(name), to.describe(name)]);
  const bytes = here?.bytes ?? 0;
  needs(here === undefined || there?.bytes === bytes, "what is removed here lies there");
  await from.remove(name);
  return { bytes, wasThere: false };
}
