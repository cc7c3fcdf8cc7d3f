import { type ChildProcess, fork } from "node:child_process";

/** Starts one agent's process. */
export type LaunchAgent = () => ChildProcess;

const AGENT_ROLE = "token-agent";

/** What the program does in that role. The agent's code, and with it the foreign calls, is loaded in no other. */
export async function runTokenAgent(): Promise<void> {
  // A terminal's Ctrl-C reaches every process; the custodian alone decides when its agents end.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  const { serveToken } = await import("./agent.js");
  serveToken({
    onMessage: (hear) => process.on("message", hear),
    onDisconnect: (end) => process.on("disconnect", end),
    send: (message) => process.send?.(message),
    exit: () => process.exit(0),
  });
}

/** `programFile` calls `runTokenAgent` when it is started in that role. */
export function agentLauncher(programFile: string, more: NodeJS.ProcessEnv = {}): LaunchAgent {
  return () =>
    fork(programFile, [], {
      env: { ...agentEnvironment(), ...more },
      execArgv: [],
      serialization: "advanced", // bytes travel as bytes
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
}

/** Modules read variables of their own (where their configuration is); credentials are not for them. */
function agentEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|STRONGROOM|NODE)_/.test(name));
  return { ...Object.fromEntries(kept), STRONGROOM_ROLE: AGENT_ROLE };
}
