import type { Secret } from "../../crypto/index.js";
import type { AtOnce, KeyStore } from "../port.js";
import { importMaterial, importParameters, listMaterials } from "./answer-imports.js";
import { PAIR_HANDLERS } from "./answer-pairs.js";
import { parseCipherSource, parseCipherTarget, specAt } from "./cipher-fields.js";
import { BadFrame, type Field, type Frame } from "./frames.js";
import { bytesAt, countAt, materialField, OPS, parseMaterial, textAt } from "./protocol.js";

export type Reply = (fields: readonly Field[]) => void;
/** A key store that may know how to answer at once. */
export type ServedKeyStore = KeyStore & Partial<AtOnce>;
/** Undefined when it has replied already. */
export type Handler = (store: ServedKeyStore, fields: readonly Buffer[], reply: Reply) => Promise<void> | undefined;

/** Does what a request frame asks for. `reply` copies at once, so that secrets are wiped as soon as it returns. */
export function answer(store: ServedKeyStore, frame: Frame, reply: Reply): Promise<void> | undefined {
  const handler = HANDLERS.get(frame.code);
  if (handler === undefined) throw new BadFrame("no such request");
  return handler(store, frame.fields, reply);
}

const HANDLERS: ReadonlyMap<number, Handler> = new Map([
  [OPS.createMaterial, createMaterial],
  [OPS.encrypt, encrypt],
  [OPS.decrypt, decrypt],
  [OPS.generateDataKey, generateDataKey],
  [OPS.generateDataKeyBlob, generateDataKeyBlob],
  [OPS.reEncrypt, reEncrypt],
  [OPS.randomBytes, randomBytes],
  [OPS.destroy, destroy],
  [OPS.houseKey, houseKey],
  [OPS.importParameters, importParameters],
  [OPS.importMaterial, importMaterial],
  [OPS.listMaterials, listMaterials],
  [OPS.copyMaterial, copyMaterial],
  ...PAIR_HANDLERS,
]);

async function createMaterial(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const [account, region, keyId] = [textAt(fields, 0), textAt(fields, 1), textAt(fields, 2)];
  const material = await store.createMaterial({ account, region, keyId }, specAt(fields, 3));
  reply([materialField(material), ...(material.publicKey === undefined ? [] : [material.publicKey])]);
}

async function copyMaterial(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  reply([materialField(await store.copyMaterial(parseMaterial(fields, 0), textAt(fields, 1)))]);
}

function encrypt(store: ServedKeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> | undefined {
  const [material, plaintext, aad] = [parseMaterial(fields, 0), bytesAt(fields, 1), bytesAt(fields, 2)];
  const blob = store.encryptAtOnce?.(material, plaintext, aad);
  if (blob === undefined) return store.encrypt(material, plaintext, aad).then((made) => reply([made]));
  reply([blob]);
  return undefined;
}

function decrypt(store: ServedKeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> | undefined {
  const [material, blob, aad] = [parseMaterial(fields, 0), bytesAt(fields, 1), bytesAt(fields, 2)];
  const send = (plaintext: Buffer) => {
    reply([plaintext]);
    plaintext.fill(0);
  };
  const plaintext = store.decryptAtOnce?.(material, blob, aad);
  if (plaintext === undefined) return store.decrypt(material, blob, aad).then(send);
  send(plaintext);
  return undefined;
}

function generateDataKey(store: ServedKeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> | undefined {
  const [material, bytes, aad] = [parseMaterial(fields, 0), countAt(fields, 1), bytesAt(fields, 2)];
  const send = ({ plaintext, blob }: { plaintext: Secret; blob: Uint8Array }) => {
    plaintext.use((clear) => reply([blob, clear]));
    plaintext.wipe();
  };
  const key = store.generateDataKeyAtOnce?.(material, bytes, aad);
  if (key === undefined) return store.generateDataKey(material, bytes, aad).then(send);
  send(key);
  return undefined;
}

async function generateDataKeyBlob(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const bytes = countAt(fields, 1);
  reply([await store.generateDataKeyBlob(parseMaterial(fields, 0), bytes, bytesAt(fields, 2))]);
}

async function reEncrypt(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  reply([await store.reEncrypt(parseCipherSource(fields, 0), parseCipherTarget(fields, 4))]);
}

async function randomBytes(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const bytes = await store.randomBytes(countAt(fields, 0));
  reply([bytes]);
  bytes.fill(0);
}

async function destroy(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  await store.destroy(parseMaterial(fields, 0));
  reply([]);
}

async function houseKey(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const key = await store.houseKey(textAt(fields, 0));
  key.use((bytes) => reply([bytes]));
  key.wipe();
}
