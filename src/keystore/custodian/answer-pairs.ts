import { table } from "../../base/index.js";
import { type MessageType, SIGNINGS } from "../../crypto/index.js";
import type { KeyStore } from "../port.js";
import type { Handler, Reply } from "./answer.js";
import { hmacAlgorithmAt, keyPairSpecAt, nameAt, rsaAlgorithmAt } from "./cipher-fields.js";
import { bytesAt, countField, OPS, parseMaterial } from "./protocol.js";

/** What is done with key pairs and HMAC keys. */
export const PAIR_HANDLERS: readonly (readonly [number, Handler])[] = [
  [OPS.sign, sign],
  [OPS.mac, mac],
  [OPS.verifyMac, verifyMac],
  [OPS.agree, agree],
  [OPS.decapsulate, decapsulate],
  [OPS.decryptAsymmetric, decryptAsymmetric],
  [OPS.generateDataKeyPair, generateDataKeyPair],
  [OPS.generateDataKeyPairBlob, generateDataKeyPairBlob],
];

const MESSAGE_TYPES = table({ RAW: true, DIGEST: true, EXTERNAL_MU: true } satisfies Record<MessageType, true>);

async function sign(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const [algorithm, messageType] = [nameAt(SIGNINGS, fields, 1), nameAt(MESSAGE_TYPES, fields, 2)];
  reply([await store.sign(parseMaterial(fields, 0), algorithm, messageType, bytesAt(fields, 3))]);
}

async function mac(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  reply([await store.mac(parseMaterial(fields, 0), hmacAlgorithmAt(fields, 1), bytesAt(fields, 2))]);
}

async function verifyMac(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const [algorithm, message, tag] = [hmacAlgorithmAt(fields, 1), bytesAt(fields, 2), bytesAt(fields, 3)];
  reply([countField((await store.verifyMac(parseMaterial(fields, 0), algorithm, message, tag)) ? 1 : 0)]);
}

async function agree(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  lend(await store.agree(parseMaterial(fields, 0), bytesAt(fields, 1)), reply);
}

async function decapsulate(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  lend(await store.decapsulate(parseMaterial(fields, 0), bytesAt(fields, 1)), reply);
}

async function decryptAsymmetric(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const algorithm = rsaAlgorithmAt(fields, 1);
  lend(await store.decryptAsymmetric(parseMaterial(fields, 0), algorithm, bytesAt(fields, 2)), reply);
}

async function generateDataKeyPair(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const spec = keyPairSpecAt(fields, 1);
  const made = await store.generateDataKeyPair(parseMaterial(fields, 0), spec, bytesAt(fields, 2));
  made.privateKey.use((bytes) => reply([made.publicKey, made.blob, bytes]));
  made.privateKey.wipe();
}

async function generateDataKeyPairBlob(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const spec = keyPairSpecAt(fields, 1);
  const made = await store.generateDataKeyPairBlob(parseMaterial(fields, 0), spec, bytesAt(fields, 2));
  reply([made.publicKey, made.blob]);
}

function lend(secret: Buffer, reply: Reply): void {
  reply([secret]);
  secret.fill(0);
}
