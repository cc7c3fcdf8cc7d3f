import { Lru } from "../../base/index.js";
import { describeBlob, Secret } from "../../crypto/index.js";
import type { KeyStore, Material } from "../../keystore/index.js";
import type { Database } from "../../store/index.js";
import { invalidCiphertext, open, refuseSealing } from "../data-key.js";
import { contextBytes } from "../encryption-context.js";
import type { OwnedKeys } from "../port.js";
import { findOwned, findOwnedByMaterial, insertOwned, type OwnedRow } from "./store.js";

type Owner = Pick<OwnedRow, "account" | "region" | "service">;

const DATA_KEY_BYTES = 32;
const MOST_OWNERS = 10_000;
const PREFIX = "owned/";

/**
 * AWS owned keys. They have real material in the key store and nothing else: no policy, no state, no record in
 * anybody's trail. A row never changes once it is there, so it may be remembered without asking again.
 */
export function ownedKeys(database: Database, keyStore: KeyStore): OwnedKeys {
  const known = new Lru<string, Material>(MOST_OWNERS);

  async function materialFor(owner: Owner): Promise<Material> {
    const name = `${owner.account}/${owner.region}/${owner.service}`;
    const material = known.get(name) ?? (await findOrMake(database, keyStore, owner));
    known.set(name, material);
    return material;
  }

  return {
    async generateDataKey(owner, context) {
      const material = await materialFor(owner);
      return keyStore.generateDataKey(material, DATA_KEY_BYTES, contextBytes(context)).catch(refuseSealing);
    },

    async decryptDataKey(blob, context) {
      const material = await named(database, known, blob);
      return Secret.own(await open(keyStore, material, blob, context));
    },
  };
}

async function findOrMake(database: Database, keyStore: KeyStore, owner: Owner): Promise<Material> {
  const row = await database.read((tx) => findOwned(tx, owner));
  if (row !== undefined) return materialOf(row);
  const { account, region, service } = owner;
  const made = await keyStore.createMaterial(ownerOf(owner));
  const isFirst = await database.write((tx) => insertOwned(tx, { account, region, service, material: made.id }));
  if (isFirst) return made;
  await keyStore.destroy(made);
  return findOrMake(database, keyStore, owner);
}

/** The blob names its material; whose it is stands in our row. A blob of a customer's key opens nothing here. */
async function named(database: Database, known: Lru<string, Material>, blob: Uint8Array): Promise<Material> {
  const names = describeBlob(blob);
  if (names === undefined || !names.keyId.startsWith(PREFIX)) throw invalidCiphertext();
  const hint = known.get(names.materialId);
  if (hint !== undefined) return hint;
  const row = await database.read((tx) => findOwnedByMaterial(tx, names.materialId));
  if (row === undefined) throw invalidCiphertext();
  const material = materialOf(row);
  known.set(names.materialId, material);
  return material;
}

const ownerOf = ({ account, region, service }: Owner) => ({ account, region, keyId: PREFIX + service });
const materialOf = (row: OwnedRow): Material => ({ id: row.material, owner: ownerOf(row) });
