import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  type Arguments,
  endpoint,
  environmentLines,
  findCredentials,
  get,
  type HouseAnswer,
  type HouseClient,
  post,
  SETTINGS,
  type Setting,
  SettingsError,
  type Sign,
  settingsOf,
} from "../cli/index.js";
import { Secret } from "../crypto/index.js";
import { caFile } from "../gateway/index.js";
import { signRequest } from "../identity/index.js";
import { describeRoot, initRoot, type RootOffer, type RootProvider, rekeyRoot } from "../keystore/index.js";
import { lockFolder } from "../store/index.js";
import { realClock } from "./real.js";
import { xksProxyTool } from "./xks-proxy-tool.js";

type Tool = (given: Arguments, settings: readonly Setting[]) => Promise<number> | number;

const HELP = `strongroom: encryption at rest that its owner controls

  up                                       run the server in the foreground
  env                                      print shell exports that point AWS tools at it
  init --root file|passphrase|shares       make a data folder (--shares 5 --threshold 3)
  unseal                                   offer a passphrase or a share (read from the terminal or standard input)
  rekey --new-root file|passphrase|shares  protect the master key in another way; no data is rewritten
  account create --name NAME               make an account; prints its root credentials once
  account list
  explain --principal ARN --action kms:Decrypt --resource ARN [--context key=value,…]
  xks-proxy init --principal ARN           be an external key store proxy: see docs/services/xks-proxy.md
  xks-proxy add-key --external-key-id ID --key-id ARN [--allow PATTERN,…]
  xks-proxy remove-key --external-key-id ID
  xks-proxy list
  xks-proxy credential                     print the credentials, as the AWS console takes them
  xks-proxy rotate                         add a second credential beside the first
  xks-proxy retire --access-key-id ID      take an old credential away
  xks-proxy run                            run the server with the proxy (port 9443, or --xks-proxy-port)
  health                                   is it open, or sealed?
  config                                   every setting, its value and where it comes from
`;

const TOOLS: Readonly<Record<string, Tool>> = {
  help: () => print(`${HELP}\nsettings (flag, environment, meaning):\n${settingsHelp()}`),
  env: (_given, settings) => print(environmentLines(settingsOf(settings), caFile(settingsOf(settings).data))),
  config: (_given, settings) =>
    print(
      settings.map(({ name, value, source }) => `${name.padEnd(16)} ${String(value).padEnd(24)} ${source}`).join("\n"),
    ),
  health,
  init,
  rekey,
  unseal,
  account,
  explain,
  "xks-proxy": (given, settings) => xksProxyTool(given, settingsOf(settings), print),
};

export async function runTool(command: string, given: Arguments, settings: readonly Setting[]): Promise<number> {
  const tool = Object.hasOwn(TOOLS, command) ? TOOLS[command] : undefined;
  if (tool === undefined) throw new SettingsError(`There is no command "${command}"; see strongroom help.`);
  return tool(given, settings);
}

function print(text: string): number {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}

const settingsHelp = () =>
  Object.values(SETTINGS)
    .map((row) => `  ${row.flag.padEnd(18)} ${row.environment.padEnd(28)} ${row.help}`)
    .join("\n");

async function health(_given: Arguments, settings: readonly Setting[]): Promise<number> {
  const { body } = await get(clientOf(settings), "/_strongroom/health");
  print(String(body["status"]));
  return body["status"] === "open" ? 0 : 1;
}

/** Makes the root of trust; the account and its credentials are made when the server first opens it. */
async function init(given: Arguments, settings: readonly Setting[]): Promise<number> {
  const folder = settingsOf(settings).data;
  if (describeRoot(folder) !== undefined) throw new SettingsError(`${folder} is a data folder already.`);
  const lock = await lockFolder(folder);
  try {
    const { shares } = await initRoot(folder, await providerFrom(given, "root"));
    showShares(shares);
    return print(`${folder} is made. Start it with: strongroom up`);
  } finally {
    lock.release();
  }
}

/** Only root.json changes, so the server may run meanwhile: it holds the master key, not what wraps it. */
async function rekey(given: Arguments, settings: readonly Setting[]): Promise<number> {
  const folder = settingsOf(settings).data;
  const record = describeRoot(folder);
  if (record === undefined) throw new SettingsError(`${folder} is no data folder.`);
  const offer = await offerFor(record.kind, record.kind === "shares" ? record.threshold : 0);
  const { shares } = await rekeyRoot(folder, offer, await providerFrom(given, "new-root"));
  showShares(shares);
  return print("The root of trust is changed; no data was rewritten.");
}

async function providerFrom(given: Arguments, flag: string): Promise<RootProvider> {
  const kind = given.flags[flag] ?? "file";
  if (kind === "file") return { kind };
  if (kind === "passphrase") return { kind, passphrase: await askSecret("New passphrase: ") };
  if (kind === "shares") return { kind, shares: count(given, "shares", 5), threshold: count(given, "threshold", 3) };
  throw new SettingsError(`--${flag} is file, passphrase or shares.`);
}

function count(given: Arguments, flag: string, fallback: number): number {
  const value = Number(given.flags[flag] ?? fallback);
  if (!Number.isInteger(value) || value < 2 || value > 255)
    throw new SettingsError(`--${flag} is a number from 2 to 255.`);
  return value;
}

function showShares(shares: readonly string[]): void {
  if (shares.length === 0) return;
  print("Give each keeper one share. They are shown once and kept nowhere:");
  for (const share of shares) print(share);
}

async function offerFor(kind: "file" | "passphrase" | "shares", threshold: number): Promise<RootOffer> {
  if (kind === "file") return { kind };
  if (kind === "passphrase") return { kind, passphrase: await askSecret("Present passphrase: ") };
  const shares: string[] = [];
  while (shares.length < threshold) shares.push(await askLine(`Share ${shares.length + 1} of ${threshold}: `));
  return { kind, shares };
}

/** Offers what the owner types to the running server, until it is open or refuses. */
async function unseal(_given: Arguments, settings: readonly Setting[]): Promise<number> {
  const client = clientOf(settings);
  const record = describeRoot(settingsOf(settings).data);
  const isShares = record?.kind === "shares";
  for (;;) {
    const text = await askLine(isShares ? "Share: " : "Passphrase: ");
    const { body } = await post(client, "/_strongroom/unseal", isShares ? { share: text } : { passphrase: text });
    if (body["state"] === "open") return print("The server is open.");
    if (body["state"] !== "sealed")
      throw new Error(String(body["reason"] ?? body["error"] ?? "The offer was refused."));
    print(`${body["sharesGiven"]} of ${body["sharesNeeded"]} shares`);
  }
}

async function account(given: Arguments, settings: readonly Setting[]): Promise<number> {
  const [, verb] = given.words;
  if (verb === "list") return showAnswer(given, await callHouse(settings, "ListAccounts", {}));
  if (verb !== "create") throw new SettingsError("strongroom account create --name NAME, or strongroom account list");
  return showAnswer(given, await callHouse(settings, "CreateAccount", { name: given.flags["name"] ?? "" }));
}

async function explain(given: Arguments, settings: readonly Setting[]): Promise<number> {
  const { principal, action, resource = "*", context } = given.flags;
  const pairs = context === undefined ? [] : context.split(",").map((pair): [string, string] => splitPair(pair));
  const input = { principalArn: principal, action, resource, context: Object.fromEntries(pairs) };
  const answer = await callHouse(settings, "Explain", input);
  if (!Object.hasOwn(given.flags, "json") && Array.isArray(answer["lines"])) return print(answer["lines"].join("\n"));
  return showAnswer({ ...given, flags: { ...given.flags, json: "" } }, answer);
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  if (at < 1) throw new SettingsError("--context is key=value, separated by commas");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function showAnswer(given: Arguments, answer: Readonly<Record<string, unknown>>): number {
  if (Object.hasOwn(given.flags, "json")) return print(JSON.stringify(answer, undefined, 2));
  const rows = Array.isArray(answer["accounts"]) ? answer["accounts"] : [answer];
  for (const row of rows)
    print(
      Object.entries(row)
        .map(([name, value]) => `${name.padEnd(16)} ${value}`)
        .join("\n"),
    );
  return 0;
}

async function callHouse(settings: readonly Setting[], operation: string, input: object): Promise<HouseAnswer["body"]> {
  const chosen = settingsOf(settings);
  const credentials = findCredentials(chosen.data, process.env);
  if (credentials === undefined)
    throw new SettingsError("There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --data.");
  const sign = {
    credentials,
    with: (request: Parameters<Sign>[0]) =>
      signRequest({ ...request, region: chosen.region, service: "strongroom", credentials, date: realClock.now() }),
  };
  const { status, body } = await post(clientOf(settings), `/_strongroom/api/${operation}`, input, sign);
  if (status !== 200)
    throw new Error(`${String(body["__type"] ?? status)}: ${String(body["message"] ?? body["Message"] ?? "")}`);
  return body;
}

function clientOf(settings: readonly Setting[]): HouseClient {
  const chosen = settingsOf(settings);
  const ca = caFile(chosen.data);
  return { endpoint: endpoint(chosen), ...(chosen.tls && existsSync(ca) ? { ca: readFileSync(ca, "utf8") } : {}) };
}

async function askSecret(prompt: string): Promise<Secret> {
  return Secret.own(Buffer.from(await askLine(prompt), "utf8"));
}

const lines = lineReader();

/** One line from the terminal, unseen, or from standard input when that is a pipe. */
async function askLine(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const { value, done } = await lines.next();
  process.stderr.write("\n");
  if (done) throw new SettingsError("There is nothing more on standard input.");
  return value;
}

async function* lineReader(): AsyncGenerator<string> {
  // Without an output stream, readline does not echo what is typed.
  for await (const line of createInterface({ input: process.stdin, terminal: process.stdin.isTTY === true }))
    yield line;
}
