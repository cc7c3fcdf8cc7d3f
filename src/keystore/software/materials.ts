import { hex, Lru, utf8 } from "../../base/index.js";
import {
  type BlobKey,
  blobKey,
  keyHandle,
  newSecret,
  publicRandom,
  type SealingKey,
  Secret,
} from "../../crypto/index.js";
import { KeyStoreError, type Material, type MaterialId, type MaterialOwner } from "../port.js";
import type { Root } from "../root/root.js";
import { eraseMaterial, findMaterial, type KeystoreDatabase, type MaterialRow, putMaterial } from "./store.js";

const CACHED_MATERIALS = 10_000;
const CACHED_DOMAINS = 1_000;

/** Key material as handles: made, wrapped into rows, unwrapped into a cache, and erased from both. */
export class Materials {
  readonly #database: KeystoreDatabase;
  readonly #root: Root;
  readonly #domains = new Lru<string, SealingKey>(CACHED_DOMAINS);
  readonly #keys = new Lru<MaterialId, BlobKey>(CACHED_MATERIALS);
  /** Goes up with every erasure; what was read from the database under an older number may be gone. */
  #erasures = 0;

  constructor(database: KeystoreDatabase, root: Root) {
    this.#database = database;
    this.#root = root;
  }

  async create(owner: MaterialOwner): Promise<Material> {
    const material: Material = { id: hex(publicRandom(32)) as MaterialId, owner }; // 64 hex digits
    const secret = newSecret();
    try {
      await this.put(material, secret);
      return material;
    } finally {
      secret.wipe();
    }
  }

  /** Keeps the material under its id. What is there already under that id is the same, and stays. */
  async put(material: Material, secret: Secret): Promise<void> {
    const erasures = this.#erasures;
    const { account, region, keyId } = material.owner;
    const wrapped = secret.use((bytes) => this.#domainKey(material.owner).seal(bytes, rowBinding(material)));
    const key = blobKey(keyHandle(secret), { account, keyId, materialId: material.id });
    await putMaterial(this.#database, { id: material.id, account, region, key_id: keyId, wrapped });
    if (erasures === this.#erasures) this.#keys.set(material.id, key);
  }

  /** The key of that material, if its owner is the one given. */
  async get(material: Material): Promise<BlobKey> {
    const key = this.cached(material) ?? (await this.#load(material));
    if (key === undefined) throw new KeyStoreError("material-not-found");
    return key;
  }

  /** The same without waiting, for the usual case; undefined says nothing about whether it exists. */
  cached(material: Material): BlobKey | undefined {
    const key = this.#keys.get(material.id);
    return key !== undefined && isOwnedBy(key, material) ? key : undefined;
  }

  async erase(material: Material): Promise<void> {
    this.#forget(material);
    await eraseMaterial(this.#database, material);
    this.#forget(material); // what a load that was under way has put back meanwhile
  }

  #forget(material: Material): void {
    this.#erasures += 1;
    this.#keys.delete(material.id);
  }

  async #load(material: Material): Promise<BlobKey | undefined> {
    const erasures = this.#erasures;
    const row = await findMaterial(this.#database, material.id);
    if (erasures !== this.#erasures) return this.#load(material);
    if (row === undefined || row.account !== material.owner.account || row.key_id !== material.owner.keyId)
      return undefined;
    const key = this.#unwrap(row);
    this.#keys.set(material.id, key);
    return key;
  }

  #unwrap(row: MaterialRow): BlobKey {
    const owner = { account: row.account, region: row.region, keyId: row.key_id };
    const secret = Secret.own(this.#domainKey(owner).open(row.wrapped, rowBinding({ id: row.id, owner })));
    const key = blobKey(keyHandle(secret), { account: row.account, keyId: row.key_id, materialId: row.id });
    secret.wipe();
    return key;
  }

  #domainKey({ account, region }: MaterialOwner): SealingKey {
    const name = `${account}/${region}`;
    const known = this.#domains.get(name);
    if (known !== undefined) return known;
    const key = this.#root.domainKey(account, region);
    this.#domains.set(name, key);
    return key;
  }
}

/** A row cannot be moved to another id, key, account or Region. */
export function rowBinding({ id, owner }: Material): Buffer {
  return utf8(JSON.stringify(["strongroom-material", 1, id, owner.account, owner.region, owner.keyId]));
}

/**
 * Account and key, as in every blob. Not the Region: related multi-Region keys share their material, which keeps the
 * Region it was made in.
 */
function isOwnedBy(key: BlobKey, { owner }: Material): boolean {
  return key.header.account === owner.account && key.header.keyId === owner.keyId;
}
