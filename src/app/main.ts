import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ids, jsonLog, needs } from "../base/index.js";
import {
  type Arguments,
  parseArguments,
  readSettings,
  SETTINGS,
  type Setting,
  type Settings,
  SettingsError,
  settingsOf,
} from "../cli/index.js";
import { CREDENTIAL_VARIABLES } from "./credential-variables.js";
import type { YoungWorker } from "./young-workers.js";

const here = fileURLToPath(import.meta.url);
const COMMAND_FLAGS = [
  "config",
  "name",
  "principal",
  "action",
  "resource",
  "context",
  "root",
  "new-root",
  "shares",
  "threshold",
  "module",
  "token",
  "token-user",
  "kms-endpoint",
  "kms-region",
  "kms-key",
  "new-pin-file",
  "new-pin-env",
  "new-credentials-file",
  "new-ca",
  "uri-path",
  "external-key-id",
  "key-id",
  "allow",
  "access-key-id",
  "month",
  "anchor",
  "out",
  "from",
  "to",
  "account",
  "slot",
  "reason",
  "kms-key-id",
  "wrapping-key-file",
  "commitment-policy",
  "state",
];

void run(process.env["STRONGROOM_ROLE"]);

/** Not at the top level: the bundle is a script, whose compiled code can be kept (`program.ts`). */
async function run(role: string | undefined): Promise<void> {
  if (role === "worker") await runWorker();
  else if (role === "token-agent") await (await import("../keystore/index.js")).runTokenAgent();
  else process.exitCode = await runCommand(process.argv.slice(2));
}

async function runWorker(): Promise<void> {
  const { work } = await import("./worker.js");
  const { openFront } = await import("./front.js");
  const { realEntropy, shiftedClock } = await import("./real.js");
  const startLog = jsonLog(
    (line) => process.stderr.write(line),
    () => shiftedClock(0).now(),
    { process: "worker" },
  );
  work({
    log: startLog,
    openFront: ({ slot, settings, folder }, unseal, askLease) => {
      const clock = shiftedClock(settings.clockOffset);
      const entropy = realEntropy();
      return openFront({
        slot,
        settings,
        folder,
        modelsFolder: modelsFolder(),
        clock,
        ids: new Ids(entropy),
        log: jsonLog(
          (line) => process.stderr.write(line),
          () => clock.now(),
          { process: "worker", slot },
        ),
        random: (count) => entropy.bytes(count),
        unseal,
        askLease,
        sealBodies: process.env["STRONGROOM_BENCH_NO_SEAL"] !== "1",
      });
    },
  });
}

/** Beside dist/ in the package, and two floors up from the one-to-one build that tests use. */
function modelsFolder(): string {
  const candidates = [join(dirname(here), "..", "models"), join(dirname(here), "..", "..", "..", "models")];
  return candidates.find((folder) => existsSync(folder)) ?? join(dirname(here), "..", "models");
}

async function runCommand(argv: readonly string[]): Promise<number> {
  const { letGo, takeBorn } = await import("./young-workers.js");
  const young = argv[0] === "up" ? takeBorn() : [];
  try {
    const flags = new Set([...Object.values(SETTINGS).map((row) => row.flag.slice(2)), ...COMMAND_FLAGS]);
    const given = parseArguments(argv, flags);
    const settings = await readSettings({ flags: given.flags, environment: process.env, folder: process.cwd() });
    return await dispatch(given, settings, young);
  } catch (thrown) {
    if (!(thrown instanceof Error) || process.env["STRONGROOM_DEBUG"]) throw thrown;
    process.stderr.write(`strongroom: ${thrown.message}\n`);
    return thrown instanceof SettingsError ? 2 : 1;
  } finally {
    letGo(young);
  }
}

/** `young` may gain one more: whoever is in it at the end was taken up by nobody. */
async function dispatch(given: Arguments, settings: readonly Setting[], young: YoungWorker[]): Promise<number> {
  const [command = "help"] = given.words;
  if (command === "up") return runServer(settingsOf(settings), young);
  if (command === "xks-proxy" && given.words[1] === "run") {
    return runServer(withProxy(settingsOf(settings)), young);
  }
  const { runTool } = await import("./tools.js");
  return runTool(command, given, settings, here);
}

async function runServer(settings: Settings, young: YoungWorker[]): Promise<number> {
  const { bearWorker } = await import("./young-workers.js");
  const hidden = [settings.rootPinEnv, ...CREDENTIAL_VARIABLES].filter((name) => name !== "");
  needs(young.length === 0 || settings.rootPinEnv === "", "no worker is born with a PIN in its environment");
  if (young.length === 0) young.push(bearWorker(here, hidden));
  const { up } = await import("./up.js");
  return up(settings, here, young);
}

const XKS_PROXY_PORT = 9443;

/** Whoever runs the proxy wants it to listen. */
const withProxy = (settings: Settings): Settings =>
  settings.xksProxyPort > 0 ? settings : { ...settings, xksProxyPort: XKS_PROXY_PORT };
