import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { Ids, jsonLog, needs } from "../base/index.js";
import { credentialsFile, endpoint, parseHsmClusters, type Settings, SettingsError } from "../cli/index.js";
import { localCertificate } from "../gateway/index.js";
import { agentLauncher, type RootProvider, TokenAgents } from "../keystore/index.js";
import { bootstrap } from "./bootstrap.js";
import { type Custody, takeCustody } from "./custody.js";
import { isLoopback } from "./loopback.js";
import { realEntropy, shiftedClock } from "./real.js";
import { takeRootAccess } from "./root-access.js";
import { s3Rules } from "./s3-settings.js";
import { supervise } from "./supervisor.js";
import type { YoungWorker } from "./young-workers.js";

const RED = "\u001b[31m";
const PLAIN = "\u001b[0m";

/** `strongroom up`: runs in the foreground until it is told to stop. Resolves with the exit code. */
export async function up(wanted: Settings, programFile: string, young: YoungWorker[]): Promise<number> {
  refuseUnsafeDev(wanted);
  const settings = { ...wanted, port: wanted.port === 0 ? await freePort(wanted.host) : wanted.port };
  const clock = shiftedClock(settings.clockOffset);
  const entropy = realEntropy();
  const ids = new Ids(entropy);
  const log = jsonLog(
    (line) => process.stderr.write(line),
    () => clock.now(),
    { process: "supervisor" },
  );
  const folder = settings.data;

  const isLocal =
    (settings.tls && settings.tlsCert === "") || (settings.xksProxyPort > 0 && settings.xksProxyCert === "");
  if (isLocal) await localCertificate(folder, clock, (count) => entropy.bytes(count), settings.s3Domain);

  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  let custody: Custody | undefined;
  // Before any other process starts: what is read here is then no longer in the environment.
  const root = takeRootAccess(settings, { programFile, clock, log });
  const tokens = new TokenAgents({
    clusters: parseHsmClusters(settings.hsmClusters),
    launch: agentLauncher(programFile),
    clock,
    log,
  });
  // The workers start first: they load while the root is opened.
  const supervisor = supervise(
    {
      settings,
      folder,
      log,
      nowMs: () => clock.nowMs(),
      after: (ms, run) => clock.after(ms, run),
      custodian: () => (custody?.isOpen ? { socketPath: custody.socketPath, token: custody.token } : undefined),
      isSealed: () => custody !== undefined && !custody.isOpen,
      unseal: async (offer) =>
        (await custody?.unseal(offer)) ?? { state: "refused", reason: "The server is starting." },
      onFatal: (reason) => {
        log.error("fatal", { reason });
        process.stderr.write(`strongroom: ${reason}\n`);
        end(1);
      },
    },
    programFile,
    young,
  );
  let greetedSealed = false;
  try {
    custody = await takeCustody({
      folder,
      clock,
      log,
      tokens,
      root,
      provider: { kind: "file" } satisfies RootProvider,
      onOpen: async (keyStore) => {
        await bootstrap({ folder, keyStore, clock, ids, log, dev: settings.dev });
        if (custody === undefined) return;
        await supervisor.open();
        if (greetedSealed) greet(settings, true);
      },
    });
    if (!custody.isOpen && settings.passphraseFile !== "") await unsealFromFile(custody, settings.passphraseFile);
    else if (custody.isOpen) void supervisor.open();
  } catch (thrown) {
    await supervisor.stop();
    await custody?.close();
    tokens.close();
    throw thrown;
  }
  supervisor.look();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end(0));
  const stopEarly = ended.then(() => undefined);
  const port = await Promise.race([supervisor.ready, stopEarly]);
  greetedSealed = !custody.isOpen;
  if (port !== undefined) greet(settings, custody.isOpen);
  const code = await ended;
  await supervisor.stop();
  await custody.close();
  tokens.close();
  return code;
}

/** One port for the server's whole life: workers that are born later must listen where the first did. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  needs(typeof address === "object" && address !== null, "a listening server has an address");
  return address.port;
}

/** What the operator sees: where it answers, where the keys are, what to paste. */
function greet(settings: Settings, isOpen: boolean): void {
  const lines = [
    `Strongroom is ${isOpen ? "ready" : "sealed"}`,
    `  endpoint     ${endpoint(settings)}`,
    `  credentials  ${credentialsFile(settings.data)}`,
    ...(isOpen
      ? [`  to use it    eval "$(npx strongroom env${flagsThatDiffer(settings)})"`]
      : [`  to unseal    npx strongroom unseal${flagsThatDiffer(settings)}`]),
  ];
  if (settings.xksProxyPort > 0) lines.push(`  XKS proxy    https://${settings.xksProxyHost}:${settings.xksProxyPort}`);
  if (settings.dev)
    lines.push(
      `${RED}  --dev: anyone on this machine may sign with test/test as the root user. Keep nothing real here.${PLAIN}`,
    );
  if (settings.clockOffset > 0) lines.push(`  the clock is ${settings.clockOffset} seconds ahead of the machine's`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

function flagsThatDiffer(settings: Settings): string {
  const port = settings.port === 4599 ? "" : ` --port ${settings.port}`;
  const data = settings.data.endsWith("strongroom-data") ? "" : ` --data ${settings.data}`;
  return `${data}${port}${settings.tls ? " --tls" : ""}`;
}

function refuseUnsafeDev(settings: Settings): void {
  if (settings.dev && !isLoopback(settings.host)) {
    throw new SettingsError("--dev makes credentials that everyone knows: it needs a loopback --host.");
  }
  s3Rules(settings); // customers' keys go in the clear over the loopback alone
  if ((settings.tlsCert === "") !== (settings.tlsKey === ""))
    throw new SettingsError("--tls-cert and --tls-key go together.");
  if ((settings.xksProxyCert === "") !== (settings.xksProxyKey === ""))
    throw new SettingsError("--xks-proxy-cert and --xks-proxy-key go together.");
}

async function unsealFromFile(custody: Custody, file: string): Promise<void> {
  const answer = await custody.unseal({ passphrase: readFileSync(file, "utf8").replace(/\r?\n$/, "") });
  if (answer.state === "refused") throw new SettingsError(`${file}: ${answer.reason}`);
}
