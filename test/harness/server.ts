import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The program as users start it, on a data folder and a port of its own. */
export interface Server {
  readonly endpoint: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly credentials: Credentials;
  readonly process: ChildProcess;
  /** Everything that was printed, for assertions on what must not be there. */
  output(): string;
  /** A graceful stop, as a service manager does it. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Kills the supervisor and all its workers, without warning. */
  kill(): Promise<void>;
  /** Process ids of the workers. */
  workers(): number[];
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ServerOptions {
  /** An existing data folder; a fresh one when not given. */
  readonly dataFolder?: string;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workers?: number;
  readonly port?: number;
  /** Wait only until it listens, sealed. */
  readonly sealed?: boolean;
  /** A command that runs the program behind it, as `unshare`. */
  readonly within?: readonly string[];
}

const PROGRAM = join(process.cwd(), "bin", "strongroom.cjs");
const READY_WITHIN_MS = 30_000;

export const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `strongroom-${name}-`));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const dataFolder = options.dataFolder ?? join(newFolder("data"), "data");
  const args = [
    "up",
    "--data",
    dataFolder,
    "--port",
    String(options.port ?? 0),
    "--workers",
    String(options.workers ?? 2),
  ];
  const command = [...(options.within ?? []), process.execPath, PROGRAM, ...args, ...(options.flags ?? [])];
  const child = spawn(command[0] ?? process.execPath, command.slice(1), {
    env: { ...cleanEnvironment(), ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  child.stderr.on("data", (piece) => printed.push(String(piece)));
  const endpoint = await readyLine(child, printed);
  const exited = once(child, "exit");
  return {
    endpoint,
    port: Number(new URL(endpoint).port),
    dataFolder,
    credentials: options.sealed ? { accessKeyId: "", secretAccessKey: "" } : rootCredentials(dataFolder),
    process: child,
    output: () => printed.join(""),
    workers: () => childrenOf(child.pid ?? 0),
    async stop() {
      child.kill("SIGTERM");
      await exited;
      return child.exitCode;
    },
    async kill() {
      const workers = childrenOf(child.pid ?? 0);
      child.kill("SIGKILL");
      for (const pid of workers) tryKill(pid);
      await exited;
    },
  };
}

/** The environment without what would lead clients or the server elsewhere. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|STRONGROOM_(?!TEST))/.test(name));
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export function rootCredentials(dataFolder: string): Credentials {
  const text = readFileSync(join(dataFolder, "credentials"), "utf8");
  const read = (name: string) => text.match(new RegExp(`${name} = (.+)`))?.[1] ?? "";
  return { accessKeyId: read("aws_access_key_id"), secretAccessKey: read("aws_secret_access_key") };
}

async function readyLine(child: ChildProcess, printed: string[]): Promise<string> {
  if (child.stdout === null) throw new Error("no standard output");
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail("did not get ready in time"), READY_WITHIN_MS);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`the server ${why}:\n${printed.join("")}`));
    };
    const onExit = (code: number | null) => fail(`ended with ${code}`);
    child.once("exit", onExit);
    lines.on("line", (line) => {
      printed.push(`${line}\n`);
      const found = line.match(/endpoint\s+(https?:\/\/\S+)/)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      child.off("exit", onExit);
      resolve(found);
    });
  });
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone: that is what was wanted.
  }
}
