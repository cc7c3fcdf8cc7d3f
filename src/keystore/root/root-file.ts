import { readFileSync } from "node:fs";
import { join } from "node:path";
import { base64, LIMITS, parseBase64, utf8 } from "../../base/index.js";
import { replaceFile } from "./durable-file.js";
import { isBearable } from "./passphrase.js";
import { RootError } from "./root-error.js";

/** How the key that wraps the master key is come by. Everything here may be read by anyone. */
export type ProviderRecord =
  | { readonly kind: "file"; readonly path: string; readonly keyId: string }
  | {
      readonly kind: "passphrase";
      readonly salt: string;
      readonly memoryKib: number;
      readonly passes: number;
      readonly lanes: number;
    }
  | { readonly kind: "shares"; readonly setId: string; readonly shares: number; readonly threshold: number };

/** root.json. Format: docs/formats/root.md. */
export interface RootFile {
  readonly provider: ProviderRecord;
  readonly wrappedMasterKey: Buffer;
  readonly verification: Buffer;
}

const FORMAT = "strongroom-root";
const VERSION = 1;

export function writeRootFile(folder: string, file: RootFile): void {
  const json = {
    format: FORMAT,
    version: VERSION,
    provider: file.provider,
    wrappedMasterKey: base64(file.wrappedMasterKey),
    verification: base64(file.verification),
  };
  replaceFile(pathIn(folder), utf8(`${JSON.stringify(json, null, 2)}\n`));
}

/** Undefined when there is none. */
export function findRootFile(folder: string): RootFile | undefined {
  try {
    return parseRootFile(readFileSync(pathIn(folder)));
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** What the wrapping authenticates besides the master key: format, version and the provider's parameters. */
export function boundBytes(provider: ProviderRecord): Buffer {
  return utf8(JSON.stringify([FORMAT, VERSION, provider]));
}

const pathIn = (folder: string) => join(folder, "root.json");

function parseRootFile(bytes: Buffer): RootFile {
  const json = bytes.length <= LIMITS.rootFileBytes ? parseObject(bytes) : undefined;
  const provider = parseProvider(recordOf(json?.["provider"]));
  const wrappedMasterKey = parseBase64(textOf(json?.["wrappedMasterKey"]));
  const verification = parseBase64(textOf(json?.["verification"]));
  const isKnown = json?.["format"] === FORMAT && json["version"] === VERSION;
  if (!isKnown || !provider || !wrappedMasterKey || !verification) throw new RootError("damaged");
  return { provider, wrappedMasterKey, verification };
}

function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return recordOf(JSON.parse(bytes.toString("utf8")));
  } catch {
    return undefined; // not JSON is as damaged as any other damage
  }
}

/** Builds the record anew, member by member, so that its text has one order only. */
function parseProvider(json: Record<string, unknown> | undefined): ProviderRecord | undefined {
  if (json?.["kind"] === "file") return parseFileProvider(json);
  if (json?.["kind"] === "passphrase") return parsePassphraseProvider(json);
  if (json?.["kind"] === "shares") return parseSharesProvider(json);
  return undefined;
}

function parseFileProvider(json: Record<string, unknown>): ProviderRecord | undefined {
  const [path, keyId] = [textOf(json["path"]), textOf(json["keyId"])];
  return path !== "" && /^[0-9a-f]{16}$/.test(keyId) ? { kind: "file", path, keyId } : undefined;
}

function parsePassphraseProvider(json: Record<string, unknown>): ProviderRecord | undefined {
  const salt = textOf(json["salt"]);
  const [memoryKib, passes, lanes] = [countOf(json["memoryKib"]), countOf(json["passes"]), countOf(json["lanes"])];
  const isWhole = parseBase64(salt)?.length === 16 && isBearable({ memoryKib, passes, lanes });
  return isWhole ? { kind: "passphrase", salt, memoryKib, passes, lanes } : undefined;
}

function parseSharesProvider(json: Record<string, unknown>): ProviderRecord | undefined {
  const [setId, shares, threshold] = [textOf(json["setId"]), countOf(json["shares"]), countOf(json["threshold"])];
  const isWhole = /^[0-9a-f]{16}$/.test(setId) && threshold >= 2 && threshold <= shares && shares <= 255;
  return isWhole ? { kind: "shares", setId, shares, threshold } : undefined;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  // An object from JSON.parse has string keys and nothing else is asked of it here.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
const countOf = (value: unknown) => (typeof value === "number" && Number.isSafeInteger(value) ? value : 0);
