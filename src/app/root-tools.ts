import { existsSync } from "node:fs";
import { silentLog } from "../base/index.js";
import { type Arguments, type Settings, SettingsError } from "../cli/index.js";
import {
  describeRoot,
  initRoot,
  type ProviderRecord,
  type Root,
  type RootOffer,
  type RootProvider,
  rekeyRoot,
  unlockRoot,
} from "../keystore/index.js";
import { lockFolder } from "../store/index.js";
import { askLine, askSecret } from "./ask.js";
import { realClock } from "./real.js";
import { offerAtStart, type RootAccess, type RootSources, takeRootAccess } from "./root-access.js";

export interface RootToolPorts {
  readonly given: Arguments;
  readonly settings: Settings;
  readonly programFile: string;
  readonly print: (text: string) => number;
}

/** Makes the root of trust; the account and its credentials are made when the server first opens it. */
export async function init({ given, settings, programFile, print }: RootToolPorts): Promise<number> {
  const folder = settings.data;
  if (describeRoot(folder) !== undefined) throw new SettingsError(`${folder} is a data folder already.`);
  const lock = await lockFolder(folder);
  try {
    const { shares } = await initRoot(folder, await providerFrom(given, "root", accessTo(settings, programFile)));
    showShares(shares, print);
    return print(`${folder} is made. Start it with: strongroom up`);
  } finally {
    lock.release();
  }
}

/** Only root.json changes, so the server may run meanwhile: it holds the master key, not what wraps it. */
export async function rekey({ given, settings, programFile, print }: RootToolPorts): Promise<number> {
  const folder = settings.data;
  const record = describeRoot(folder);
  if (record === undefined) throw new SettingsError(`${folder} is no data folder.`);
  const present = accessTo(settings, programFile);
  const offer = await offerFor(record, present);
  const next = hasNewSources(given) ? accessTo(newSources(given), programFile) : present;
  const { shares } = await rekeyRoot(folder, offer, await providerFrom(given, "new-root", next));
  showShares(shares, print);
  return print("The root of trust is changed; no data was rewritten.");
}

/** The root of a folder whose server is stopped, or of one beside a running server. */
export async function openRoot(settings: Settings, programFile: string): Promise<Root> {
  const record = describeRoot(settings.data);
  if (record === undefined) throw new SettingsError(`${settings.data} is no data folder.`);
  return unlockRoot(settings.data, await offerFor(record, accessTo(settings, programFile)));
}

const accessTo = (sources: RootSources, programFile: string): RootAccess =>
  takeRootAccess(sources, { programFile, clock: realClock, log: silentLog }); // what fails is the command's own error

const NEW_SOURCES = ["new-pin-file", "new-pin-env", "new-credentials-file", "new-ca"] as const;
const hasNewSources = ({ flags }: Arguments) => NEW_SOURCES.some((name) => flags[name] !== undefined);
const newSources = ({ flags }: Arguments): RootSources => ({
  rootPinFile: flags["new-pin-file"] ?? "",
  rootPinEnv: flags["new-pin-env"] ?? "",
  rootCredentialsFile: flags["new-credentials-file"] ?? "",
  rootCa: flags["new-ca"] ?? "",
});

async function providerFrom(given: Arguments, flag: string, access: RootAccess): Promise<RootProvider> {
  const kind = given.flags[flag] ?? "file";
  if (kind === "file") return { kind };
  if (kind === "passphrase") return { kind, passphrase: await askSecret("New passphrase: ") };
  if (kind === "shares") return { kind, shares: count(given, "shares", 5), threshold: count(given, "threshold", 3) };
  if (kind === "pkcs11") return tokenFrom(given, access);
  if (kind === "kms") return kmsFrom(given, access);
  throw new SettingsError(`--${flag} is file, passphrase, shares, pkcs11 or kms.`);
}

async function tokenFrom(given: Arguments, access: RootAccess): Promise<RootProvider> {
  const [module, token, user] = [needed(given, "module"), needed(given, "token"), given.flags["token-user"]];
  if (!existsSync(module)) throw new SettingsError(`--module: there is no ${module}`);
  const pin = access.pin() ?? (await askSecret("PIN of the token: "));
  return { kind: "pkcs11", place: { module, token, user }, pin, openToken: access.openToken };
}

function kmsFrom(given: Arguments, { callKms }: RootAccess): RootProvider {
  const endpoint = needed(given, "kms-endpoint").replace(/\/$/, "");
  const [region, keyId] = [given.flags["kms-region"] ?? "us-east-1", needed(given, "kms-key")];
  return { kind: "kms", endpoint, region, keyId, callKms: callKms ?? noCredentials() };
}

function needed({ flags }: Arguments, name: string): string {
  const value = flags[name];
  if (value === undefined || value === "") throw new SettingsError(`--${name} is needed.`);
  return value;
}

function noCredentials(): never {
  throw new SettingsError(
    "There are no credentials for the other KMS: --root-credentials-file, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  );
}

function count(given: Arguments, flag: string, fallback: number): number {
  const value = Number(given.flags[flag] ?? fallback);
  if (!Number.isInteger(value) || value < 2 || value > 255)
    throw new SettingsError(`--${flag} is a number from 2 to 255.`);
  return value;
}

function showShares(shares: readonly string[], print: (text: string) => number): void {
  if (shares.length === 0) return;
  print("Give each keeper one share. They are shown once and kept nowhere:");
  for (const share of shares) print(share);
}

async function offerFor(record: ProviderRecord, access: RootAccess): Promise<RootOffer> {
  const ready = offerAtStart(record, access);
  if (ready !== undefined) return ready;
  switch (record.kind) {
    case "file":
      return { kind: "file" };
    case "passphrase":
      return { kind: "passphrase", passphrase: await askSecret("Present passphrase: ") };
    case "pkcs11":
      return { kind: "pkcs11", pin: await askSecret("Present PIN: "), openToken: access.openToken };
    case "kms":
      return noCredentials();
    case "shares":
      return { kind: "shares", shares: await askShares(record.threshold) };
  }
}

async function askShares(threshold: number): Promise<string[]> {
  const shares: string[] = [];
  while (shares.length < threshold) shares.push(await askLine(`Share ${shares.length + 1} of ${threshold}: `));
  return shares;
}
