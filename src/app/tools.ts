import { existsSync, readFileSync } from "node:fs";
import {
  type Arguments,
  type CallPlace,
  endpoint,
  environmentLines,
  findCredentials,
  get,
  type HouseAnswer,
  type HouseClient,
  type OwnerCredentials,
  parseContextPairs,
  post,
  SETTINGS,
  type Setting,
  SettingsError,
  type Sign,
  settingsOf,
} from "../cli/index.js";
import { caFile } from "../gateway/index.js";
import { signRequest } from "../identity/index.js";
import { describeRoot } from "../keystore/index.js";
import { askLine } from "./ask.js";
import { auditTool } from "./audit-tool.js";
import { blobsTool } from "./blobs-tool.js";
import { costText } from "./cost-tool.js";
import { realClock } from "./real.js";
import { init, rekey } from "./root-tools.js";
import { s3Tool } from "./s3-tool.js";
import { xksProxyTool } from "./xks-proxy-tool.js";

type Tool = (given: Arguments, settings: readonly Setting[], programFile: string) => Promise<number> | number;

const HELP = `strongroom: encryption at rest that its owner controls

  up                                       run the server in the foreground
  env                                      print shell exports that point AWS tools at it
  init --root KIND                         make a data folder; KIND is
                                             file, passphrase, shares (--shares 5 --threshold 3),
                                             pkcs11 (--module FILE --token LABEL [--token-user NAME]), or
                                             kms (--kms-endpoint URL --kms-key ID [--kms-region NAME])
  unseal                                   offer a passphrase, a PIN or a share (read from the terminal or standard input)
  rekey --new-root KIND                    protect the master key in another way; no data is rewritten
                                             (--new-pin-file, --new-pin-env, --new-credentials-file, --new-ca)
  account create --name NAME               make an account; prints its root credentials once
  account list
  explain --principal ARN --action kms:Decrypt --resource ARN [--context key=value,…]
  cost [--month 2026-11] [--account ID]    what a month of KMS would cost on AWS: keys, requests, services
  audit verify [--anchor FILE]             is every record there and unchanged, since the anchor or the last one kept?
  audit anchor [--out FILE]                the heads of the trail's chains, signed: keep it elsewhere
  audit export [--from TIME] [--to TIME] [--account ID] [--out FILE]
                                           records as JSON lines, with their proof
  audit check-export FILE [--anchor FILE]  checks an export without keys
  audit accept-damage --slot NAME --reason TEXT
                                           go on after damage that stops the start (the server is stopped)
  audit compact [--all]                    pack at once what a server packs by and by (the server is stopped)
  s3 scrub [--now] [--json]                are all stored bytes what was written? which are not?
  s3 reencrypt s3://BUCKET/PREFIX --kms-key-id ID [--bucket-key] [--dry-run] [--state FILE] [--json]
                                           every object below it under that key; goes on where it was stopped
  s3 cp --client-side FROM TO              copy between a file and s3://BUCKET/KEY; what is sent is encrypted here, in the
                                           format of the official S3 Encryption Clients
                                             (--kms-key-id ID [--context key=value,…], or --wrapping-key-file FILE;
                                             [--commitment-policy NAME] [--instruction-file])
  blobs move --to s3|local [--keep] [--json]
                                           move the sealed bodies between the data folder and the store that --blobs names
                                           (the server is stopped); goes on where it was stopped
  xks-proxy init --principal ARN           be an external key store proxy: see docs/services/xks-proxy.md
  xks-proxy add-key --external-key-id ID --key-id ARN [--allow PATTERN,…]
  xks-proxy remove-key --external-key-id ID
  xks-proxy list
  xks-proxy credential                     print the credentials, as the AWS console takes them
  xks-proxy rotate                         add a second credential beside the first
  xks-proxy retire --access-key-id ID      take an old credential away
  xks-proxy run                            run the server with the proxy (port 9443, or --xks-proxy-port)
  health                                   is it open, or sealed?
  ca                                       print the local certificate authority, made by a server with --tls
  config                                   every setting, its value and where it comes from
`;

const TOOLS: Readonly<Record<string, Tool>> = {
  help: () => print(`${HELP}\nsettings (flag, environment, meaning):\n${settingsHelp()}`),
  env: (_given, settings) => print(environmentLines(settingsOf(settings), caFile(settingsOf(settings).data))),
  ca: (_given, settings) => print(localCa(settingsOf(settings).data)),
  config: (_given, settings) =>
    print(
      settings.map(({ name, value, source }) => `${name.padEnd(16)} ${String(value).padEnd(24)} ${source}`).join("\n"),
    ),
  health,
  init: (given, settings, programFile) => init({ given, settings: settingsOf(settings), programFile, print }),
  rekey: (given, settings, programFile) => rekey({ given, settings: settingsOf(settings), programFile, print }),
  unseal,
  account,
  explain,
  cost,
  audit: (given, settings, programFile) =>
    auditTool({
      given,
      settings: settingsOf(settings),
      programFile,
      print,
      call: (operation, input) => callHouse(settings, operation, input),
    }),
  s3: (given, settings) =>
    s3Tool({
      given,
      print,
      call: (operation, input) => callHouse(settings, operation, input),
      place: () => s3Place(settings),
    }),
  blobs: (given, settings) => blobsTool(given, settingsOf(settings), print),
  "xks-proxy": (given, settings) => xksProxyTool(given, settingsOf(settings), print),
};

export async function runTool(
  command: string,
  given: Arguments,
  settings: readonly Setting[],
  programFile: string,
): Promise<number> {
  const tool = Object.hasOwn(TOOLS, command) ? TOOLS[command] : undefined;
  if (tool === undefined) throw new SettingsError(`There is no command "${command}"; see strongroom help.`);
  return tool(given, settings, programFile);
}

function print(text: string): number {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}

/** What clients have to trust, in PEM. */
function localCa(folder: string): string {
  const file = caFile(folder);
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new SettingsError(`${folder} has no certificate authority yet: start the server with --tls once.`);
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

/** Offers what the owner types to the running server, until it is open or refuses. */
async function unseal(_given: Arguments, settings: readonly Setting[]): Promise<number> {
  const client = clientOf(settings);
  const record = describeRoot(settingsOf(settings).data);
  const isShares = record?.kind === "shares";
  const prompt = isShares ? "Share: " : record?.kind === "pkcs11" ? "PIN: " : "Passphrase: ";
  for (;;) {
    // Another KMS is opened by what the server has; the call only makes it try at once.
    const text = record?.kind === "kms" ? "now" : await askLine(prompt);
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
  const input = { principalArn: principal, action, resource, context: parseContextPairs(context) };
  const answer = await callHouse(settings, "Explain", input);
  if (!Object.hasOwn(given.flags, "json") && Array.isArray(answer["lines"])) return print(answer["lines"].join("\n"));
  return showAnswer({ ...given, flags: { ...given.flags, json: "" } }, answer);
}

async function cost(given: Arguments, settings: readonly Setting[]): Promise<number> {
  const { month, account: accountId } = given.flags;
  const answer = await callHouse(settings, "GetCostReport", { month, accountId });
  return print(Object.hasOwn(given.flags, "json") ? JSON.stringify(answer, undefined, 2) : costText(answer));
}

/** Where commands that are clients of S3 find it. */
function s3Place(settings: readonly Setting[]): CallPlace {
  const { region } = settingsOf(settings);
  const credentials = credentialsFor(settings);
  return {
    ...clientOf(settings),
    region,
    credentials,
    sign: (request) => signRequest({ ...request, region, credentials, date: realClock.now() }),
  };
}

function credentialsFor(settings: readonly Setting[]): OwnerCredentials {
  const credentials = findCredentials(settingsOf(settings).data, process.env);
  if (credentials !== undefined) return credentials;
  throw new SettingsError("There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --data.");
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
  const credentials = credentialsFor(settings);
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
