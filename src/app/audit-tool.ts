import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  type Anchor,
  type ChainReport,
  checkExport,
  exportTrail,
  isAnchor,
  type Ledger,
  openLedger,
  type TrailPage,
  verifyLedger,
  writeDurably,
} from "../audit/index.js";
import { type Arguments, type Settings, SettingsError } from "../cli/index.js";
import { FolderInUse, lockFolder } from "../store/index.js";
import { acceptDamageTool } from "./accept-damage-tool.js";
import { anchorFolder, anchorNames } from "./anchors.js";
import { compactTool } from "./compaction.js";
import { realClock } from "./real.js";
import { openRoot } from "./root-tools.js";

export interface AuditToolPorts {
  readonly given: Arguments;
  readonly settings: Settings;
  readonly programFile: string;
  readonly print: (text: string) => number;
  /** The running server's own API. */
  readonly call: (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;
}

/** `strongroom audit`: proves the trail to its owner, of a running server or of a folder whose server is stopped. */
export async function auditTool(ports: AuditToolPorts): Promise<number> {
  switch (ports.given.words[1]) {
    case "verify":
      return withLedger(ports, (ledger) => verify(ports, ledger));
    case "anchor":
      return withLedger(ports, (ledger) => anchor(ports, ledger));
    case "export":
      return withLedger(ports, (ledger) => exportTo(ports, ledger));
    case "check-export":
      return check(ports);
    case "accept-damage":
      return acceptDamageTool(ports);
    case "compact":
      return compactTool(ports);
    default:
      throw new SettingsError(
        "strongroom audit verify|anchor|export|check-export|accept-damage|compact; see strongroom help",
      );
  }
}

/** The lock tells whether a server runs on the folder; without a folder here the server is elsewhere. */
async function withLedger(ports: AuditToolPorts, use: (ledger: Ledger) => Promise<number>): Promise<number> {
  const { settings, programFile } = ports;
  if (!existsSync(join(settings.data, "audit"))) return use(remoteLedger(ports));
  try {
    const lock = await lockFolder(settings.data);
    try {
      const root = await openRoot(settings, programFile);
      return await use(openLedger(join(settings.data, "audit"), root.houseKey("audit/segments")));
    } finally {
      lock.release();
    }
  } catch (thrown) {
    if (!(thrown instanceof FolderInUse)) throw thrown;
    return use(remoteLedger(ports));
  }
}

/** Our own server's answers: what `ReadTrail` and `AnchorTrail` give. */
function remoteLedger({ call }: AuditToolPorts): Ledger {
  return {
    publicKey: "",
    slots: async () => (await call("ReadTrail", {}))["slots"] as string[],
    anchor: async () => (await call("AnchorTrail", {}))["anchor"] as Anchor,
    page: async (question) => (await call("ReadTrail", question)) as unknown as TrailPage,
  };
}

async function verify({ given, settings, print }: AuditToolPorts, ledger: Ledger): Promise<number> {
  const file = given.flags["anchor"] ?? newestAnchor(settings);
  const held = file === undefined ? undefined : readAnchor(file);
  const reports = await verifyLedger(ledger, held);
  for (const report of reports) print(describe(report));
  print(
    held === undefined
      ? "There is no anchor: what was cut off at the end would not be seen."
      : `Held against the anchor of ${held.time}.`,
  );
  const findings = reports.flatMap((report) => report.findings);
  if (findings.length === 0) return print("The trail is whole.");
  print(`The trail is NOT whole: ${findings.length} ${findings.length === 1 ? "finding" : "findings"}.`);
  return 1;
}

function describe({ slot, records, begin, end, findings, acceptance }: ChainReport): string {
  const expired = begin === undefined || begin.segment === 1 ? "" : `, from segment ${begin.segment} on`;
  const reached = end === undefined ? "" : `${expired}, up to segment ${end.segment}, frame ${end.frame}`;
  const lines = [`slot ${slot.padEnd(8)} ${records} records${reached}${findings.length === 0 ? ": whole" : ""}`];
  if (acceptance !== null)
    lines.push(
      `  damage accepted ${acceptance.time} (${acceptance.reason}): ${acceptance.damage}; goes on in ${acceptance.next}`,
    );
  return [...lines, ...findings.map((finding) => `  DAMAGE  ${finding}`)].join("\n");
}

function newestAnchor(settings: Settings): string | undefined {
  const folder = anchorFolder(settings);
  const name = anchorNames(folder).at(-1);
  return name === undefined ? undefined : join(folder, name);
}

const MOST_ANCHOR_BYTES = 1024 * 1024;

function readAnchor(file: string): Anchor {
  if (!existsSync(file)) throw new SettingsError(`--anchor: there is no ${file}`);
  if (statSync(file).size > MOST_ANCHOR_BYTES) throw new SettingsError(`${file} is too long for an anchor.`);
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isAnchor(parsed)) return parsed;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  throw new Error(`${file} is no anchor, or its signature is wrong.`);
}

async function anchor({ given, print }: AuditToolPorts, ledger: Ledger): Promise<number> {
  const made = await ledger.anchor(realClock.now());
  const out = given.flags["out"];
  if (out === undefined) return print(JSON.stringify(made, undefined, 2));
  writeDurably(out, made);
  return print(
    `${out} is written: ${made.slots.length} chains at ${made.time}. Keep it where this machine cannot reach it.`,
  );
}

async function exportTo({ given, print }: AuditToolPorts, ledger: Ledger): Promise<number> {
  const { from = null, to = null, account = null, out } = given.flags;
  for (const time of [from, to]) {
    if (time !== null && Number.isNaN(Date.parse(time))) throw new SettingsError(`"${time}" is no time of ISO 8601.`);
  }
  const lines = exportTrail(ledger, { from, to, account }, realClock.now());
  if (out === undefined) {
    for await (const line of lines) print(line);
    return 0;
  }
  const file = await open(out, "w", 0o600);
  try {
    for await (const line of lines) await file.write(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return print(`${out} is written. Check it with: strongroom audit check-export ${out}`);
}

async function check({ given, print }: AuditToolPorts): Promise<number> {
  const file = given.words[2];
  if (file === undefined || !existsSync(file))
    throw new SettingsError("strongroom audit check-export FILE [--anchor FILE]");
  const kept = given.flags["anchor"] === undefined ? undefined : readAnchor(given.flags["anchor"]);
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const report = await checkExport(lines, kept);
  const { from, to, account } = report.filter ?? {};
  print(
    `${report.records} records, from ${from ?? "the beginning"} to ${to ?? "the end"}, ${account ? `account ${account}` : "all accounts"}`,
  );
  print(`anchored ${report.anchoredAt ?? "never"}, signed with ${report.publicKey ?? "no key"}`);
  if (kept === undefined) print("Compare that key with an anchor that you kept, or give it with --anchor.");
  for (const finding of report.findings) print(`  DAMAGE  ${finding}`);
  if (report.findings.length === 0) return print("The export is whole.");
  print("The export is NOT whole.");
  return 1;
}
