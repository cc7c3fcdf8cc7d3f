import { isUtf8 } from "node:buffer";
import { AwsError, asBuffer, LIMITS, parseBase64 } from "../base/index.js";
import type { Reader } from "./decoding.js";
import type { Member, SimpleShape } from "./model.js";
import { isWhole } from "./text-reader.js";
import { fromSeconds, parseTimestamp } from "./timestamps.js";

/** A body that is not the JSON that the operation takes. The texts are those of AWS's own parsers. */
export const serialization = (message?: string): AwsError => new AwsError("SerializationException", message);

/** Parses with a bound on depth. An empty body is an empty object; a key given twice counts the last time. */
export function parseJsonBody(body: Uint8Array | undefined): unknown {
  if (body === undefined || body.length === 0) return {};
  if (!isUtf8(body) || isTooDeep(body)) throw serialization();
  try {
    return JSON.parse(asBuffer(body).toString("utf8"));
  } catch {
    throw serialization(); // what JSON.parse says quotes the body, which may hold secrets
  }
}

/** Read once: the table of limits is slow to look into for every bracket. */
const MOST_DEEP = LIMITS.jsonDepth;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts brackets outside strings, before anything is built. */
function isTooDeep(body: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MOST_DEEP) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

/** `useJsonName`: restJson1 renames members, awsJson does not. */
export const jsonReader = (useJsonName: boolean): Reader => ({
  structure(raw) {
    if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) return raw;
    throw unexpected(raw);
  },
  member([name, , traits]: Member) {
    const key = useJsonName ? (traits?.jsonName ?? name) : name;
    return (node) => (node as Record<string, unknown>)[key]; // `structure` let only objects through
  },
  items: () => (raw) => {
    if (Array.isArray(raw)) return raw;
    throw typeof raw === "object"
      ? serialization("Start of structure or map found where not expected.")
      : unexpected(raw);
  },
  entries: () => (raw) => {
    if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) return Object.entries(raw);
    throw unexpected(raw);
  },
  simple: simpleReader,
  ambiguous: () => serialization("Only one member of a union may be set."),
  tooMany: () => serialization(),
});

function simpleReader(shape: SimpleShape): (raw: unknown) => unknown {
  switch (shape.type) {
    case "string":
      return (raw) => (typeof raw === "string" ? raw : refuse(raw, "a String"));
    case "number":
      return readNumber;
    case "boolean":
      return (raw) => (typeof raw === "boolean" ? raw : refuse(raw, "a Boolean"));
    case "timestamp":
      return readTimestamp;
    case "blob":
      return readBlob;
    case "bigInteger":
      return (raw) => (Number.isInteger(raw) ? BigInt(raw as number) : refuse(raw, "an Integer")); // isInteger asked
    case "bigDecimal":
    case "document":
      return (raw) => raw;
  }
}

function readNumber(raw: unknown): number {
  return typeof raw === "number" && isWhole(raw) ? raw : refuse(raw, "an Integer");
}

function readTimestamp(raw: unknown): Date {
  const date = typeof raw === "number" ? fromSeconds(raw) : typeof raw === "string" ? parseTimestamp(raw) : undefined;
  return date ?? refuse(raw, "a Timestamp");
}

function readBlob(raw: unknown): Buffer {
  return (typeof raw === "string" ? parseBase64(raw) : undefined) ?? refuse(raw, "a ByteBuffer");
}

function refuse(raw: unknown, wanted: string): never {
  if (typeof raw === "object") throw unexpected(raw);
  throw serialization(`${kindOf(raw)} can not be converted to ${wanted}`);
}

function kindOf(raw: unknown): string {
  if (typeof raw === "boolean") return raw ? "TRUE_VALUE" : "FALSE_VALUE";
  return typeof raw === "string" ? "STRING_VALUE" : "NUMBER_VALUE";
}

function unexpected(raw: unknown): AwsError {
  if (Array.isArray(raw)) return serialization("Unrecognized collection type class java.util.ArrayList");
  if (typeof raw === "object") return serialization("Start of structure or map found where not expected.");
  return serialization("Unexpected field type");
}
