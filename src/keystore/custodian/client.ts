import type { Clock } from "../../base/index.js";
import {
  type HmacAlgorithm,
  type KeyPairSpec,
  type MaterialSpec,
  type MessageType,
  type RsaEncryptionAlgorithm,
  Secret,
  type SigningAlgorithm,
} from "../../crypto/index.js";
import type { Tokens } from "../pkcs11/port.js";
import type {
  CipherSource,
  CipherTarget,
  DataKeyPair,
  DataKeyPairBlob,
  ImportParameters,
  ImportRequest,
  ImportWrapping,
  KeyStore,
  MadeMaterial,
  Material,
  MaterialOwner,
} from "../port.js";
import { cipherSourceFields, cipherTargetFields } from "./cipher-fields.js";
import { keep } from "./frames.js";
import { importFields, parametersFields, parseMaterials } from "./import-fields.js";
import { Link } from "./link.js";
import { bytesAt, countAt, countField, materialField, OPS, parseMaterial } from "./protocol.js";
import { socketTokens } from "./token-client.js";

export interface ClientOptions {
  readonly socketPath: string;
  /** The token the custodian was given. Stays the caller's. */
  readonly token: Secret;
  readonly clock: Clock;
}

export interface CustodianClient extends KeyStore {
  /** What lives in tokens instead. */
  readonly tokens: Tokens;
  close(): void;
}

/**
 * The key store of a process that holds no material. It connects at the first call and again after a loss; calls
 * that were under way when the custodian went fail with `unreachable`, and so do calls while it is away.
 */
export function connectCustodian(options: ClientOptions): CustodianClient {
  return new SocketKeyStore(new Link(options));
}

class SocketKeyStore implements CustodianClient {
  readonly tokens: Tokens;
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
    this.tokens = socketTokens(link);
  }

  createMaterial(
    { account, region, keyId }: MaterialOwner,
    spec: MaterialSpec = "SYMMETRIC_DEFAULT",
  ): Promise<MadeMaterial> {
    return this.#link.call(OPS.createMaterial, [account, region, keyId, spec], parseMade);
  }

  copyMaterial(material: Material, region: string): Promise<Material> {
    return this.#link.call(OPS.copyMaterial, [materialField(material), region], (fields) => parseMaterial(fields, 0));
  }

  encrypt(material: Material, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    return this.#link.call(OPS.encrypt, [materialField(material), plaintext, aad], firstBlob);
  }

  decrypt(material: Material, blob: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    return this.#link.call(OPS.decrypt, [materialField(material), blob, aad], firstField);
  }

  generateDataKey(
    material: Material,
    bytes: number,
    aad: Uint8Array,
  ): Promise<{ plaintext: Secret; blob: Uint8Array }> {
    const fields = [materialField(material), countField(bytes), aad];
    return this.#link.call(OPS.generateDataKey, fields, (answer) => ({
      blob: firstBlob(answer),
      plaintext: Secret.own(keep(bytesAt(answer, 1))),
    }));
  }

  generateDataKeyBlob(material: Material, bytes: number, aad: Uint8Array): Promise<Uint8Array> {
    return this.#link.call(OPS.generateDataKeyBlob, [materialField(material), countField(bytes), aad], firstField);
  }

  reEncrypt(from: CipherSource, to: CipherTarget): Promise<Uint8Array> {
    return this.#link.call(OPS.reEncrypt, [...cipherSourceFields(from), ...cipherTargetFields(to)], firstField);
  }

  generateDataKeyPair(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPair> {
    return this.#link.call(OPS.generateDataKeyPair, [materialField(material), spec, aad], (answer) => ({
      ...pairBlob(answer),
      privateKey: Secret.own(keep(bytesAt(answer, 2))),
    }));
  }

  generateDataKeyPairBlob(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPairBlob> {
    return this.#link.call(OPS.generateDataKeyPairBlob, [materialField(material), spec, aad], pairBlob);
  }

  sign(
    material: Material,
    algorithm: SigningAlgorithm,
    messageType: MessageType,
    message: Uint8Array,
  ): Promise<Buffer> {
    return this.#link.call(OPS.sign, [materialField(material), algorithm, messageType, message], firstField);
  }

  mac(material: Material, algorithm: HmacAlgorithm, message: Uint8Array): Promise<Buffer> {
    return this.#link.call(OPS.mac, [materialField(material), algorithm, message], firstField);
  }

  verifyMac(material: Material, algorithm: HmacAlgorithm, message: Uint8Array, tag: Uint8Array): Promise<boolean> {
    const fields = [materialField(material), algorithm, message, tag];
    return this.#link.call(OPS.verifyMac, fields, (answer) => countAt(answer, 0) === 1);
  }

  agree(material: Material, peerPublicKey: Uint8Array): Promise<Buffer> {
    return this.#link.call(OPS.agree, [materialField(material), peerPublicKey], firstField);
  }

  decapsulate(material: Material, ciphertext: Uint8Array): Promise<Buffer> {
    return this.#link.call(OPS.decapsulate, [materialField(material), ciphertext], firstField);
  }

  decryptAsymmetric(material: Material, algorithm: RsaEncryptionAlgorithm, ciphertext: Uint8Array): Promise<Buffer> {
    return this.#link.call(OPS.decryptAsymmetric, [materialField(material), algorithm, ciphertext], firstField);
  }

  randomBytes(count: number): Promise<Buffer> {
    return this.#link.call(OPS.randomBytes, [countField(count)], firstField);
  }

  destroy(material: Material): Promise<void> {
    return this.#link.call(OPS.destroy, [materialField(material)], () => {});
  }

  importParameters(owner: MaterialOwner, wrapping: ImportWrapping, validTo: Date): Promise<ImportParameters> {
    const fields = parametersFields(owner, wrapping, validTo);
    return this.#link.call(OPS.importParameters, fields, (answer) => ({
      publicKey: firstField(answer),
      token: keep(bytesAt(answer, 1)),
    }));
  }

  importMaterial(owner: MaterialOwner, request: ImportRequest): Promise<MadeMaterial> {
    return this.#link.call(OPS.importMaterial, importFields(owner, request), parseMade);
  }

  listMaterials(after?: Material): Promise<readonly Material[]> {
    const fields = after === undefined ? [] : [materialField(after)];
    return this.#link.call(OPS.listMaterials, fields, (answer) => parseMaterials(answer, 0));
  }

  houseKey(purpose: string): Promise<Secret> {
    return this.#link.call(OPS.houseKey, [purpose], (answer) => Secret.own(firstField(answer)));
  }

  close(): void {
    this.#link.close();
  }
}

const parseMade = (fields: readonly Buffer[]): MadeMaterial => ({
  ...parseMaterial(fields, 0),
  ...(fields[1] && { publicKey: keep(fields[1]) }),
});

const firstField = (fields: readonly Buffer[]): Buffer => keep(bytesAt(fields, 0));

/** Ciphertext is no secret: it may lie in memory that is shared and not wiped. */
const firstBlob = (fields: readonly Buffer[]): Buffer => Buffer.from(bytesAt(fields, 0));

const pairBlob = (fields: readonly Buffer[]): DataKeyPairBlob => ({
  publicKey: firstField(fields),
  blob: keep(bytesAt(fields, 1)),
});
