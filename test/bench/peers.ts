import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { hasProgram } from "../harness/clients.js";

/** Servers are pinned to one core and the load comes from another, so that rates are rates per core. */
export const SERVER_CORE = "0";

export interface Peer {
  readonly port: number;
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
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
