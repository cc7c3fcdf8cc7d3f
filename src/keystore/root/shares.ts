import { combine, split } from "shamir-secret-sharing";
import { equalBytes, hex, parseHex, utf8 } from "../../base/index.js";
import { KEY_BYTES, Secret, sha256 } from "../../crypto/index.js";
import { RootError } from "./root-error.js";

const SHARE_BYTES = KEY_BYTES + 1;
const MOST_SHARES = 255;
const PATTERN = /^strongroom-share-1\.([0-9a-f]{16})\.([0-9a-f]{66})\.([0-9a-f]{8})$/;

/** Shamir's shares of the key as text for people: the set they belong to, the share, and a check against typing errors. */
export async function splitIntoShares(
  key: Secret,
  setId: string,
  shares: number,
  threshold: number,
): Promise<string[]> {
  if (!(threshold >= 2 && threshold <= shares && shares <= MOST_SHARES)) throw new RootError("weak-parameters");
  const parts = await key.use((bytes) => split(plainView(bytes), shares, threshold));
  const texts = parts.map((part) => withCheck(`strongroom-share-1.${setId}.${hex(part)}`));
  for (const part of parts) part.fill(0);
  return texts;
}

/** Shares of another set are refused here; shares that are made up give a key that opens nothing. */
export async function combineShares(texts: readonly string[], setId: string, threshold: number): Promise<Secret> {
  const parts = distinct(texts.slice(0, MOST_SHARES).map((text) => parseShare(text.trim(), setId)));
  if (parts.length < threshold) throw new RootError("too-few-shares");
  // More than needed would be interpolated too, and a wrong one among them would spoil the right ones.
  const key = await combine(parts.slice(0, threshold).map(plainView));
  for (const part of parts) part.fill(0);
  return Secret.own(key);
}

function parseShare(text: string, setId: string): Buffer {
  const [, ofSet, share = "", check] = PATTERN.exec(text) ?? [];
  const part = parseHex(share);
  if (part?.length !== SHARE_BYTES || check !== checkOf(text.slice(0, -9))) throw new RootError("malformed-share");
  if (ofSet !== setId) throw new RootError("wrong-shares");
  return part;
}

/** A share that is given twice counts once; two different shares for one place cannot both be right. */
function distinct(parts: readonly Buffer[]): Buffer[] {
  const byPlace = new Map<number, Buffer>();
  for (const part of parts) {
    const place = part[SHARE_BYTES - 1] ?? 0;
    const same = byPlace.get(place);
    if (place === 0 || (same !== undefined && !equalBytes(same, part))) throw new RootError("wrong-shares");
    byPlace.set(place, part);
  }
  return [...byPlace.values()];
}

/** The same memory without Buffer's methods: the library refuses every subclass of Uint8Array. */
const plainView = (bytes: Buffer) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

const withCheck = (text: string) => `${text}.${checkOf(text)}`;
const checkOf = (text: string) => hex(sha256(utf8(text)).subarray(0, 4));
