import {
  type KeyHandle,
  type KeyPair,
  keyHandle,
  privateKeyBytes,
  type Secret,
  type WrappingKeySpec,
} from "../../crypto/index.js";
import type { ImportParameters, ImportRequest, ImportWrapping, MadeMaterial, MaterialOwner } from "../port.js";
import type { Root } from "../root/root.js";
import { sealImportToken, unwrapWithToken } from "./import-tokens.js";
import { checkExpected, IMPORT_IDS_PURPOSE, importedId, parseImported } from "./imported-material.js";
import type { Materials } from "./materials.js";

export type MakeWrappingPair = (spec: WrappingKeySpec) => Promise<KeyPair>;

/** Material that its owner brings: wrapping keys out, wrapped material in. */
export class Imports {
  readonly #root: Root;
  readonly #materials: Materials;
  readonly #makePair: MakeWrappingPair;
  readonly #idKey: KeyHandle;

  constructor(root: Root, materials: Materials, makePair: MakeWrappingPair) {
    this.#root = root;
    this.#materials = materials;
    this.#makePair = makePair;
    const idKey = root.houseKey(IMPORT_IDS_PURPOSE);
    this.#idKey = keyHandle(idKey);
    idKey.wipe();
  }

  async parameters(owner: MaterialOwner, wrapping: ImportWrapping, validTo: Date): Promise<ImportParameters> {
    const { publicKey, privateKey } = await this.#makePair(wrapping.keySpec);
    const pkcs8 = privateKeyBytes(privateKey);
    const token = sealImportToken(this.#root, owner, { algorithm: wrapping.algorithm, validTo, pkcs8 });
    pkcs8.wipe();
    return { publicKey, token };
  }

  async take(owner: MaterialOwner, { spec, token, wrapped, now, expected }: ImportRequest): Promise<MadeMaterial> {
    const secret = unwrapWithToken(this.#root, owner, token, wrapped, now);
    const { kept, publicKey } = parsed(spec, secret);
    try {
      const material = { id: importedId(this.#idKey, owner, kept), owner };
      checkExpected(material.id, expected);
      if (expected.isTrial !== true) await this.#materials.put(material, spec, kept);
      return publicKey === undefined ? material : { ...material, publicKey };
    } finally {
      kept.wipe();
    }
  }
}

function parsed(spec: ImportRequest["spec"], secret: Secret) {
  try {
    return parseImported(spec, secret);
  } finally {
    secret.wipe();
  }
}
