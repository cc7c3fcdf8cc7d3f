import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { hasProgram } from "../harness/clients.js";
import { type Credentials, newFolder, removeFolder, rootCredentials } from "../harness/server.js";

/** Servers are pinned to one core and the load comes from another, so that rates are rates per core. */
export const SERVER_CORE = "0";

export interface Peer {
  readonly port: number;
  /** The process whose tree does the peer's work, where there is one. */
  readonly pid?: number | undefined;
  stop(): Promise<void>;
}

/** The limit: `node:http` that reads a body and sends one back, and does nothing else. */
export async function startEcho(): Promise<Peer> {
  const port = await freePort();
  return started(pinned(process.execPath, [join(import.meta.dirname, "echo.js"), String(port)]), port);
}

/** The emulator that most people use; undefined where it is not installed. */
export async function startMoto(): Promise<Peer | undefined> {
  if (!(await hasProgram("moto_server"))) return undefined;
  const port = await freePort();
  return started(pinned("moto_server", ["-p", String(port)]), port);
}

export interface BenchServer extends Peer {
  readonly credentials: Credentials;
}

/** Strongroom with one worker; supervisor, custodian and worker together have the one core. */
export async function startBenchServer(environment: Record<string, string> = {}): Promise<BenchServer> {
  const folder = newFolder("bench");
  const port = await freePort();
  const args = ["bin/strongroom.cjs", "up", "--data", join(folder, "data"), "--port", String(port), "--workers", "1"];
  const peer = await started(pinned(process.execPath, args, environment), port);
  await isOpen(port);
  return {
    ...peer,
    credentials: rootCredentials(join(folder, "data")),
    async stop() {
      await peer.stop();
      removeFolder(folder);
    },
  };
}

async function isOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/_strongroom/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the server did not open");
}

export function pinned(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): ChildProcess {
  return spawn("taskset", ["-c", SERVER_CORE, command, ...args], {
    stdio: "ignore",
    env: { ...process.env, ...environment },
  });
}

async function started(child: ChildProcess, port: number): Promise<Peer> {
  for (let tries = 0; !(await isListening(port)); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`a peer did not start on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
