import { readFileSync } from "node:fs";
import { join } from "node:path";
import { base64, isRegion, LIMITS, parseBase64, utf8 } from "../../base/index.js";
import { replaceFile } from "../../store/index.js";
import { isSafeEndpoint } from "./kms-endpoint.js";
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
  | { readonly kind: "shares"; readonly setId: string; readonly shares: number; readonly threshold: number }
  /** `sealed` is the wrapping key under the key of that id in the token. */
  | {
      readonly kind: "pkcs11";
      readonly module: string;
      readonly token: string;
      /** Empty where the module's PINs name no user. */
      readonly user: string;
      readonly key: string;
      readonly sealed: string;
    }
  /** `sealed` is the wrapping key as a data key of that KMS key, for the encryption context that names the folder. */
  | {
      readonly kind: "kms";
      readonly endpoint: string;
      readonly region: string;
      readonly keyArn: string;
      readonly folder: string;
      readonly sealed: string;
    };

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
  if (json?.["kind"] === "pkcs11") return parseTokenProvider(json);
  if (json?.["kind"] === "kms") return parseKmsProvider(json);
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

function parseTokenProvider(json: Record<string, unknown>): ProviderRecord | undefined {
  const [module, token, user] = [textOf(json["module"]), textOf(json["token"]), textOf(json["user"])];
  const [key, sealed] = [textOf(json["key"]), textOf(json["sealed"])];
  const isWhole = module !== "" && token !== "" && /^[0-9a-f]{32}$/.test(key) && isBase64(sealed);
  return isWhole ? { kind: "pkcs11", module, token, user, key, sealed } : undefined;
}

function parseKmsProvider(json: Record<string, unknown>): ProviderRecord | undefined {
  const [endpoint, region, keyArn] = [textOf(json["endpoint"]), textOf(json["region"]), textOf(json["keyArn"])];
  const [folder, sealed] = [textOf(json["folder"]), textOf(json["sealed"])];
  const isWhole = isSafeEndpoint(endpoint) && isRegion(region) && keyArn !== "" && /^[0-9a-f]{32}$/.test(folder);
  return isWhole && isBase64(sealed) ? { kind: "kms", endpoint, region, keyArn, folder, sealed } : undefined;
}

const isBase64 = (text: string) => (parseBase64(text)?.length ?? 0) > 0;

function recordOf(value: unknown): Record<string, unknown> | undefined {
  // An object from JSON.parse has string keys and nothing else is asked of it here.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
const countOf = (value: unknown) => (typeof value === "number" && Number.isSafeInteger(value) ? value : 0);
