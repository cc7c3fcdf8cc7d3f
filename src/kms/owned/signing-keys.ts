import { DAY_MS } from "../../base/index.js";
import type { KeyStore, Material, MaterialId } from "../../keystore/index.js";
import type { Database } from "../../store/index.js";
import { insertSigningKey, type SigningKeyRow, signingKeysOf } from "./store.js";

export interface SigningOwner {
  readonly account: string;
  readonly region: string;
  readonly service: string;
}

/** The public half of a signing key, and when it signs. */
export interface SigningKey {
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** RSA keys with which a service of the house signs, one a Region and account at a time; nobody else can use them. */
export interface SigningKeys {
  /** All there ever were, oldest first; the first is made when it is asked for. */
  list(owner: SigningOwner, now: Date): Promise<readonly SigningKey[]>;
  /** RSASSA-PKCS1-v1_5 over SHA-256 with the newest: the same message under the same key gives the same bytes. */
  sign(owner: SigningOwner, now: Date, message: (publicKey: Uint8Array) => Uint8Array): Promise<Buffer>;
}

/** A key signs for so long, then another is made. Its window is longer, so that no signature falls between two. */
const SIGNS_MS = 365 * DAY_MS;
const VALID_MS = SIGNS_MS + 7 * DAY_MS;

export function signingKeys(database: Database, keyStore: KeyStore): SigningKeys {
  async function rows(owner: SigningOwner, now: Date): Promise<readonly SigningKeyRow[]> {
    const found = await database.read((tx) => signingKeysOf(tx, owner));
    const newest = found.at(-1);
    if (newest !== undefined && newest.made_at + SIGNS_MS > now.getTime()) return found;
    const material = await keyStore.createMaterial(ownerOf(owner), "RSA_2048");
    const { publicKey } = material;
    if (publicKey === undefined) throw new Error("a key pair comes with its public half");
    const row = { material: material.id, public_key: publicKey, made_at: now.getTime() };
    const isFirst = await database.write((tx) => insertSigningKey(tx, owner, row, now.getTime() - SIGNS_MS));
    if (!isFirst) await keyStore.destroy(material);
    return database.read((tx) => signingKeysOf(tx, owner));
  }

  return {
    async list(owner, now) {
      return (await rows(owner, now)).map(({ public_key: publicKey, made_at: madeAt }) => ({
        publicKey,
        validFrom: new Date(madeAt),
        validTo: new Date(madeAt + VALID_MS),
      }));
    },
    async sign(owner, now, message) {
      const newest = (await rows(owner, now)).at(-1);
      if (newest === undefined) throw new Error("there is a signing key once it was asked for");
      const material: Material = { id: newest.material as MaterialId, owner: ownerOf(owner) }; // our own row
      return keyStore.sign(material, "RSASSA_PKCS1_V1_5_SHA_256", "RAW", message(newest.public_key));
    },
  };
}

const ownerOf = ({ account, region, service }: SigningOwner) => ({ account, region, keyId: `owned/${service}` });
