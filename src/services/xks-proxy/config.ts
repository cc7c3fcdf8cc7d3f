import { AwsError, parseArn } from "../../base/index.js";

/** `xks-proxy.json` in the data folder: who may ask, and for which keys. Changed by `strongroom xks-proxy`. */
export interface ProxyConfig {
  readonly version: 1;
  /** Ends in `/kms/xks/v1`. */
  readonly uriPath: string;
  /** The IAM user or role in whose name keys are used here: its policies and the key's decide. */
  readonly principal: string;
  /** Two at most: while one takes the other's place both are good. */
  readonly credentials: readonly ProxyCredential[];
  readonly keys: Readonly<Record<string, ExternalKeyEntry>>;
}

export interface ProxyCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface ExternalKeyEntry {
  readonly keyArn: string;
  /** Patterns of `awsPrincipalArn` with `*`; all of them without any. */
  readonly allow?: readonly string[];
}

const MOST_CREDENTIALS = 2;
const MOST_KEYS = 10_000;
const MOST_PATTERNS = 100;
const MOST_PATTERN_CHARS = 256;
export const DEFAULT_URI_PATH = "/kms/xks/v1";

const URI_PATH = /^(\/[a-zA-Z0-9/_-]+)?\/kms\/xks\/v1$/;
const KEY_ID = /^[a-zA-Z0-9-_.]{1,128}$/;
const ACCESS_KEY_ID = /^[A-Z2-7]{20,30}$/;
const SECRET = /^[a-zA-Z0-9/+=]{43,64}$/;
const PATTERN = /^[!-~]+$/;

/** Throws a ValidationException that says what is wrong, and never a secret. */
export function checkConfig(config: ProxyConfig): ProxyConfig {
  const { version, uriPath, principal, credentials, keys } = config;
  if (version !== 1) throw wrong("the version must be 1");
  if (!URI_PATH.test(uriPath) || uriPath.length > 128) throw wrong("the URI path must end in /kms/xks/v1");
  const arn = parseArn(principal);
  if (arn?.service !== "iam" || !/^(user|role)\/./.test(arn.resource)) throw wrong("the principal is no user or role");
  if (credentials.length > MOST_CREDENTIALS) throw wrong(`there are more than ${MOST_CREDENTIALS} credentials`);
  for (const { accessKeyId, secretAccessKey } of credentials) {
    if (!ACCESS_KEY_ID.test(accessKeyId) || !SECRET.test(secretAccessKey)) throw wrong("a credential is malformed");
  }
  if (Object.keys(keys).length > MOST_KEYS) throw wrong(`there are more than ${MOST_KEYS} keys`);
  for (const [id, entry] of Object.entries(keys)) checkKey(id, entry);
  return config;
}

function checkKey(id: string, { keyArn, allow = [] }: ExternalKeyEntry): void {
  if (!KEY_ID.test(id) || id === "." || id === "..") throw wrong("an external key id is malformed");
  const arn = parseArn(keyArn);
  if (arn?.service !== "kms" || !arn.resource.startsWith("key/")) throw wrong(`${id} is not mapped to a key ARN`);
  const isPlain = allow.every((each) => PATTERN.test(each) && each.length <= MOST_PATTERN_CHARS);
  if (allow.length > MOST_PATTERNS || !isPlain) throw wrong(`the patterns of ${id} are malformed`);
}

const wrong = (what: string) => new AwsError("ValidationException", `xks-proxy.json: ${what}.`);

export function parseConfig(text: string): ProxyConfig {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong("it is not JSON");
  }
  if (!isConfigShaped(parsed)) throw wrong("a member is missing or of another type");
  return checkConfig(parsed);
}

function isConfigShaped(value: unknown): value is ProxyConfig {
  if (!isRecord(value)) return false;
  const { credentials, keys } = value;
  return (
    typeof value["uriPath"] === "string" &&
    typeof value["principal"] === "string" &&
    Array.isArray(credentials) &&
    credentials.every((each) => isRecord(each) && hasTexts(each, "accessKeyId", "secretAccessKey")) &&
    isRecord(keys) &&
    Object.values(keys).every((each) => isRecord(each) && hasTexts(each, "keyArn") && isTextList(each["allow"]))
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const hasTexts = (record: Readonly<Record<string, unknown>>, ...names: string[]) =>
  names.every((name) => typeof record[name] === "string");
const isTextList = (value: unknown) =>
  value === undefined || (Array.isArray(value) && value.every((each) => typeof each === "string"));

/** The second credential of a rotation comes beside the first; the old one goes with `withoutCredential`. */
export function withCredential(config: ProxyConfig, credential: ProxyCredential): ProxyConfig {
  if (config.credentials.length >= MOST_CREDENTIALS) {
    throw new AwsError("ValidationException", "There are two credentials already: retire the old one first.");
  }
  return checkConfig({ ...config, credentials: [...config.credentials, credential] });
}

export function withoutCredential(config: ProxyConfig, accessKeyId: string): ProxyConfig {
  const credentials = config.credentials.filter((each) => each.accessKeyId !== accessKeyId);
  if (credentials.length === config.credentials.length) {
    throw new AwsError("ValidationException", `There is no credential ${accessKeyId}.`);
  }
  return { ...config, credentials };
}

export const withKey = (config: ProxyConfig, id: string, entry: ExternalKeyEntry): ProxyConfig =>
  checkConfig({ ...config, keys: { ...config.keys, [id]: entry } });

export function withoutKey(config: ProxyConfig, id: string): ProxyConfig {
  if (!Object.hasOwn(config.keys, id)) throw new AwsError("ValidationException", `There is no external key ${id}.`);
  return { ...config, keys: Object.fromEntries(Object.entries(config.keys).filter(([each]) => each !== id)) };
}

/** `*` stands for any characters; everything else for itself. */
export function isAllowed({ allow }: ExternalKeyEntry, principalArn: string): boolean {
  return allow === undefined || allow.some((pattern) => matches(pattern, principalArn));
}

/** Piece by piece, so that no pattern costs more than pattern × text. */
function matches(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
