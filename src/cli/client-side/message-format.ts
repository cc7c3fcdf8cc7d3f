import { parseBase64 } from "../../base/index.js";
import { COMMITMENT_BYTES, CONTENT_NONCE_BYTES, type ContentFormat, type LocalWrap } from "../../crypto/index.js";

/**
 * How the official S3 Encryption Clients tell, in an object's metadata or in an instruction file beside it, how the
 * object was encrypted (s3 section 11).
 */
export interface Envelope {
  readonly format: ContentFormat;
  readonly wrap: Wrap;
  readonly wrappedKey: Buffer;
  /** KMS's encryption context, or what the writer says of a wrapping key of its own. */
  readonly description: Readonly<Record<string, string>>;
  readonly nonce: Buffer;
  /** Of V3. */
  readonly commitment?: Buffer;
}

export type Wrap = "kms+context" | LocalWrap;

/** User metadata by its name without `x-amz-meta-`. */
export type Metadata = Readonly<Record<string, string>>;

/** What is stored beside an object instead of with it. */
export interface StoredEnvelope {
  readonly metadata: Metadata;
  readonly instruction?: Metadata;
}

export class FormatError extends Error {
  override readonly name = "FormatError";
}

export const INSTRUCTION_SUFFIX = ".instruction";
/** Marks an instruction file as such. */
export const INSTRUCTION_MARK = "x-amz-crypto-instr-file";
export const INSTRUCTION_MOST_BYTES = 64 * 1024;

const V2_CIPHER = "AES/GCM/NoPadding";
const V2_TAG_BITS = "128";
const V3_CIPHER = "115";
/** V3's short names of the wraps. */
const V3_WRAPS: Readonly<Record<Wrap, string>> = { "AES/GCM": "02", "kms+context": "12", "RSA-OAEP-SHA1": "22" };

/** Names that belong to one format only. V3's first three stay with the object even where there is a file. */
const V2_NAMES = ["x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg", "x-amz-tag-len", "x-amz-wrap-alg", "x-amz-matdesc"];
const V3_OBJECT_NAMES = ["x-amz-c", "x-amz-d", "x-amz-i"];
const V3_KEY_NAMES = ["x-amz-3", "x-amz-w", "x-amz-m", "x-amz-t"];
const OTHER_NAMES = ["x-amz-key", "x-amz-unencrypted-content-length"];
const KNOWN_NAMES: ReadonlySet<string> = new Set([...V2_NAMES, ...V3_OBJECT_NAMES, ...V3_KEY_NAMES, ...OTHER_NAMES]);

/** The context pair by which KMS binds the wrapped key to the content's cipher. */
export const CIPHER_PAIR = "aws:x-amz-cek-alg";
export const cipherOf = (format: ContentFormat): string => (format === "V2" ? V2_CIPHER : V3_CIPHER);

export function writeEnvelope(envelope: Envelope, inFile: boolean): StoredEnvelope {
  const { format } = envelope;
  if (format === "V2") return inFile ? { metadata: {}, instruction: v2(envelope) } : { metadata: v2(envelope) };
  const [ofObject, ofKey] = [v3Object(envelope), v3Key(envelope)];
  return inFile ? { metadata: ofObject, instruction: ofKey } : { metadata: { ...ofObject, ...ofKey } };
}

function v2({ wrap, wrappedKey, description, nonce }: Envelope): Metadata {
  return {
    "x-amz-key-v2": wrappedKey.toString("base64"),
    "x-amz-iv": nonce.toString("base64"),
    "x-amz-cek-alg": V2_CIPHER,
    "x-amz-tag-len": V2_TAG_BITS,
    "x-amz-wrap-alg": wrap,
    "x-amz-matdesc": asciiJson(description),
  };
}

const v3Object = ({ nonce, commitment }: Envelope): Metadata => ({
  "x-amz-c": V3_CIPHER,
  "x-amz-d": commitment?.toString("base64") ?? "",
  "x-amz-i": nonce.toString("base64"),
});

function v3Key({ wrap, wrappedKey, description }: Envelope): Metadata {
  const isEmpty = Object.keys(description).length === 0;
  return {
    "x-amz-3": wrappedKey.toString("base64"),
    "x-amz-w": V3_WRAPS[wrap],
    ...(isEmpty ? {} : { [wrap === "kms+context" ? "x-amz-t" : "x-amz-m"]: asciiJson(description) }),
  };
}

/** Headers carry ASCII; S3 would wrap anything else in an encoding of its own. */
const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Whether the wrapped key of this object lies in an instruction file. */
export const needsInstruction = (metadata: Metadata): boolean =>
  metadata["x-amz-key-v2"] === undefined && metadata["x-amz-3"] === undefined && metadata["x-amz-key"] === undefined;

/** An instruction file's body: JSON of known names and texts, and nothing else. Throws FormatError. */
export function parseInstruction(text: string): Metadata {
  const pairs = parsePairs(text);
  if (pairs === undefined) throw new FormatError("The instruction file is no JSON object of texts.");
  const foreign = Object.keys(pairs).find((name) => !KNOWN_NAMES.has(name));
  if (foreign !== undefined) throw new FormatError("The instruction file holds names that are not the format's.");
  return pairs;
}

/** Throws FormatError for what no official client would have written. */
export function readEnvelope(metadata: Metadata, instruction: Metadata | undefined): Envelope {
  checkPlaces(metadata, instruction);
  const all = { ...instruction, ...metadata };
  if (all["x-amz-key"] !== undefined) throw new FormatError("The object is in the format V1, which is not read here.");
  const isV2 = all["x-amz-key-v2"] !== undefined;
  const others = isV2 ? [...V3_OBJECT_NAMES, ...V3_KEY_NAMES] : V2_NAMES;
  if (others.some((name) => all[name] !== undefined)) throw new FormatError("The metadata mixes two formats.");
  return isV2 ? readV2(all) : readV3(all);
}

/** Whoever may write only the file must not be able to change what belongs to the object. */
function checkPlaces(metadata: Metadata, instruction: Metadata | undefined): void {
  if (instruction === undefined) return;
  if (V3_OBJECT_NAMES.some((name) => instruction[name] !== undefined))
    throw new FormatError("The instruction file holds what belongs to the object.");
  if (instruction["x-amz-key-v2"] !== undefined && V2_NAMES.some((name) => metadata[name] !== undefined))
    throw new FormatError("Object and instruction file both say how the object was encrypted.");
}

function readV2(all: Metadata): Envelope {
  if (all["x-amz-cek-alg"] !== V2_CIPHER) throw new FormatError("The content is in a cipher that is not read here.");
  if ((all["x-amz-tag-len"] ?? V2_TAG_BITS) !== V2_TAG_BITS) throw new FormatError("The tag is not of 128 bits.");
  const wrap = WRAPS.find((name) => name === all["x-amz-wrap-alg"]);
  if (wrap === undefined) throw new FormatError("The data key is wrapped in a way that is not read here.");
  return {
    format: "V2",
    wrap,
    wrappedKey: bytesOf(all, "x-amz-key-v2"),
    description: pairsOf(all, "x-amz-matdesc"),
    nonce: bytesOf(all, "x-amz-iv", CONTENT_NONCE_BYTES.V2),
  };
}

function readV3(all: Metadata): Envelope {
  if (all["x-amz-c"] === undefined) throw new FormatError("The object was not encrypted by an S3 Encryption Client.");
  if (all["x-amz-c"] !== V3_CIPHER) throw new FormatError("The content is in a cipher that is not read here.");
  const wrap = WRAPS.find((name) => V3_WRAPS[name] === all["x-amz-w"]);
  if (wrap === undefined) throw new FormatError("The data key is wrapped in a way that is not read here.");
  return {
    format: "V3",
    wrap,
    wrappedKey: bytesOf(all, "x-amz-3"),
    description: pairsOf(all, wrap === "kms+context" ? "x-amz-t" : "x-amz-m"),
    nonce: bytesOf(all, "x-amz-i", CONTENT_NONCE_BYTES.V3),
    commitment: bytesOf(all, "x-amz-d", COMMITMENT_BYTES),
  };
}

const WRAPS: readonly Wrap[] = ["kms+context", "AES/GCM", "RSA-OAEP-SHA1"];

function bytesOf(all: Metadata, name: string, length?: number): Buffer {
  const bytes = parseBase64(all[name] ?? "");
  if (!bytes || bytes.length === 0 || (length !== undefined && bytes.length !== length))
    throw new FormatError(`The metadata ${name} is missing or damaged.`);
  return Buffer.from(bytes);
}

function pairsOf(all: Metadata, name: string): Readonly<Record<string, string>> {
  const pairs = parsePairs(all[name] ?? "{}");
  if (pairs === undefined) throw new FormatError(`The metadata ${name} is damaged.`);
  return pairs;
}

function parsePairs(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (!Object.values(value).every((one) => typeof one === "string")) return undefined;
    return value as Record<string, string>; // every value is a text
  } catch {
    return undefined; // the caller says what is damaged
  }
}
