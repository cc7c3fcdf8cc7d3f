import { Lru, table } from "../../base/index.js";
import type { Tokens } from "../pkcs11/port.js";
import type { TokenReason } from "../pkcs11/token-error.js";
import type { KeyStore, KeyStoreReason, Material, MaterialId } from "../port.js";
import { BadFrame, type Field } from "./frames.js";

/** What a client may ask for; the numbers are the codes of request frames. */
export const OPS = table({
  createMaterial: 1,
  encrypt: 2,
  decrypt: 3,
  generateDataKey: 4,
  generateDataKeyBlob: 5,
  reEncrypt: 6,
  randomBytes: 7,
  destroy: 8,
  houseKey: 9,
  copyMaterial: 29,
  importParameters: 30,
  importMaterial: 31,
  listMaterials: 32,
  sign: 10,
  mac: 11,
  verifyMac: 12,
  agree: 13,
  decapsulate: 14,
  decryptAsymmetric: 15,
  generateDataKeyPair: 16,
  generateDataKeyPairBlob: 17,
} satisfies Record<keyof KeyStore, number>);

/** The same for keys in tokens. */
export const TOKEN_OPS = table({
  connect: 50,
  createKey: 51,
  seal: 52,
  open: 53,
  destroyKey: 54,
  random: 55,
} satisfies Record<keyof Tokens, number>);

/** The codes of answer frames. */
export const DONE = 0;
export const FAILED = 255;
export const REASONS = table({
  "material-not-found": 1,
  "bad-ciphertext": 2,
  unreachable: 3,
  sealed: 4,
  full: 5,
  "bad-token": 20,
  "expired-token": 21,
  "bad-peer-key": 6,
  "too-long": 7,
  busy: 8,
  "wrong-material": 22,
} satisfies Record<KeyStoreReason, number>);

/** What tokens fail with. */
export const TOKEN_REASONS = table({
  "no-cluster": 50,
  "token-absent": 51,
  "wrong-pin": 52,
  "pin-locked": 53,
  "no-user": 54,
  "user-busy": 55,
  unfit: 56,
  "key-not-found": 57,
  "bad-ciphertext": 58,
  unreachable: 59,
} satisfies Record<TokenReason, number>);

export function tokenReasonOf(code: number): TokenReason | undefined {
  // As below.
  return Object.entries(TOKEN_REASONS).find(([, value]) => value === code)?.[0] as TokenReason | undefined;
}

export function reasonOf(code: number): KeyStoreReason | undefined {
  // The table's names are the reasons, which Object.entries forgets.
  return Object.entries(REASONS).find(([, value]) => value === code)?.[0] as KeyStoreReason | undefined;
}

const fields = new WeakMap<Material, Buffer>();

/** Material as one field; none of its parts holds a zero byte, which `parseMaterial` makes sure of. */
export function materialField(material: Material): Field {
  const known = fields.get(material);
  if (known !== undefined) return known;
  const { id, owner } = material;
  const field = Buffer.from(`${id}\0${owner.account}\0${owner.region}\0${owner.keyId}`);
  fields.set(material, field);
  return field;
}

const MOST_PARSED = 10_000;
const parsed = new Lru<string, Material>(MOST_PARSED);

export function parseMaterial(fields: readonly Buffer[], index: number): Material {
  const text = textAt(fields, index);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const [id, account, region, keyId, ...more] = text.split("\0");
  if (id === undefined || account === undefined || region === undefined || keyId === undefined || more.length > 0) {
    throw new BadFrame("a material has four parts");
  }
  const material: Material = { id: id as MaterialId, owner: { account, region, keyId } }; // a name that is no id finds no material
  parsed.set(text, material);
  return material;
}

export function countField(count: number): Buffer {
  const field = Buffer.allocUnsafe(4);
  field.writeUInt32BE(count);
  return field;
}

export function countAt(fields: readonly Buffer[], index: number): number {
  const field = bytesAt(fields, index);
  if (field.length !== 4) throw new BadFrame("a count has four bytes");
  return field.readUInt32BE();
}

export const textAt = (fields: readonly Buffer[], index: number): string => bytesAt(fields, index).toString("utf8");

export function bytesAt(fields: readonly Buffer[], index: number): Buffer {
  const field = fields[index];
  if (field === undefined) throw new BadFrame("a field is missing");
  return field;
}
