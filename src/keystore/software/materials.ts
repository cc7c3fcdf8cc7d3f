import { hex, Lru, utf8 } from "../../base/index.js";
import { type MaterialSpec, publicRandom, type SealingKey, Secret } from "../../crypto/index.js";
import { KeyStoreError, type MadeMaterial, type Material, type MaterialId, type MaterialOwner } from "../port.js";
import type { Root } from "../root/root.js";
import { type LoadedMaterial, loadMaterial } from "./loaded-material.js";
import type { MaterialMaker } from "./new-material.js";
import {
  copyMaterial,
  eraseMaterial,
  findMaterial,
  type KeystoreDatabase,
  type MaterialRow,
  putMaterial,
} from "./store.js";

const CACHED_MATERIALS = 10_000;
const CACHED_DOMAINS = 1_000;

/** Key material as handles: made, wrapped into rows, unwrapped into a cache, and erased from both. */
export class Materials {
  /** Makes the key pairs that leave, too, so that one bound holds for all. */
  readonly maker: MaterialMaker;
  readonly #database: KeystoreDatabase;
  readonly #root: Root;
  readonly #domains = new Lru<string, SealingKey>(CACHED_DOMAINS);
  readonly #keys = new Lru<string, LoadedMaterial>(CACHED_MATERIALS);
  /** The same, found without a name: whoever asks often asks with the same object. Made anew when a key goes or changes. */
  #known = new WeakMap<Material, LoadedMaterial>();
  /** Goes up with every erasure; what was read from the database under an older number may be gone. */
  #erasures = 0;

  constructor(database: KeystoreDatabase, root: Root, maker: MaterialMaker) {
    this.maker = maker;
    this.#database = database;
    this.#root = root;
  }

  async create(owner: MaterialOwner, spec: MaterialSpec): Promise<MadeMaterial> {
    const material: Material = { id: hex(publicRandom(32)) as MaterialId, owner }; // 64 hex digits
    const { secret, publicKey } = await this.maker.make(spec);
    try {
      await this.put(material, spec, secret);
      return publicKey === undefined ? material : { ...material, publicKey };
    } finally {
      secret.wipe();
    }
  }

  /** Keeps the material under its id. What is there already under that id is the same, and stays. */
  async put(material: Material, spec: MaterialSpec, secret: Secret): Promise<void> {
    const erasures = this.#erasures;
    const { account, region, keyId } = material.owner;
    const wrapped = secret.use((bytes) => this.#domainKey(material.owner).seal(bytes, rowBinding(material, spec)));
    const loaded = loadMaterial(material, spec, secret);
    await putMaterial(this.#database, { id: material.id, account, region, key_id: keyId, wrapped, spec });
    if (erasures !== this.#erasures) return;
    this.#keys.set(cacheName(material), loaded);
    this.#known = new WeakMap();
  }

  /** Under the domain key of another Region, where it lives a life of its own. */
  async copy(material: Material, region: string): Promise<Material> {
    const copy: Material = { id: material.id, owner: { ...material.owner, region } };
    const isThere = await copyMaterial(this.#database, material, region, (row) => {
      const secret = this.#secretOf(row);
      try {
        return secret.use((bytes) => this.#domainKey(copy.owner).seal(bytes, rowBinding(copy, row.spec ?? undefined)));
      } finally {
        secret.wipe();
      }
    });
    if (!isThere) throw new KeyStoreError("material-not-found");
    return copy;
  }

  /** The key of that material, if its owner is the one given. */
  async get(material: Material): Promise<LoadedMaterial> {
    const key = this.cached(material) ?? (await this.#load(material));
    if (key === undefined) throw new KeyStoreError("material-not-found");
    return key;
  }

  /** The same without waiting, for the usual case; undefined says nothing about whether it exists. */
  cached(material: Material): LoadedMaterial | undefined {
    const known = this.#known.get(material);
    if (known !== undefined) return known;
    const key = this.#keys.get(cacheName(material));
    if (key === undefined || !isOwnedBy(key, material)) return undefined;
    this.#known.set(material, key);
    return key;
  }

  async erase(material: Material): Promise<void> {
    this.#forget(material);
    await eraseMaterial(this.#database, material);
    this.#forget(material); // what a load that was under way has put back meanwhile
  }

  #forget(material: Material): void {
    this.#erasures += 1;
    this.#keys.delete(cacheName(material));
    this.#known = new WeakMap();
  }

  async #load(material: Material): Promise<LoadedMaterial | undefined> {
    const erasures = this.#erasures;
    const row = await findMaterial(this.#database, material);
    if (erasures !== this.#erasures) return this.#load(material);
    if (row === undefined) return undefined;
    const key = this.#unwrap(row);
    this.#keys.set(cacheName(material), key);
    return key;
  }

  #unwrap(row: MaterialRow): LoadedMaterial {
    const secret = this.#secretOf(row);
    try {
      return loadMaterial(materialOf(row), row.spec ?? "SYMMETRIC_DEFAULT", secret);
    } finally {
      secret.wipe();
    }
  }

  #secretOf(row: MaterialRow): Secret {
    const binding = rowBinding(materialOf(row), row.spec ?? undefined);
    return Secret.own(this.#domainKey(row).open(row.wrapped, binding));
  }

  #domainKey({ account, region }: Pick<MaterialOwner, "account" | "region">): SealingKey {
    const name = `${account}/${region}`;
    const known = this.#domains.get(name);
    if (known !== undefined) return known;
    const key = this.#root.domainKey(account, region);
    this.#domains.set(name, key);
    return key;
  }
}

/** A row cannot be moved to another id, key, account, Region or spec. Rows of version 1 have no spec: all symmetric. */
export function rowBinding({ id, owner }: Material, spec?: MaterialSpec): Buffer {
  const { account, region, keyId } = owner;
  const names = spec === undefined ? [1, id, account, region, keyId] : [2, id, account, region, keyId, spec];
  return utf8(JSON.stringify(["strongroom-material", ...names]));
}

/** Copies of one material in several Regions are told apart: destroying one leaves the others. */
const cacheName = ({ id, owner }: Material) => `${id} ${owner.region}`;

const materialOf = ({ id, account, region, key_id }: MaterialRow): Material => ({
  id,
  owner: { account, region, keyId: key_id },
});

/** Account and key, as in every blob; the Region is in the name under which it is kept. */
function isOwnedBy({ account, keyId }: LoadedMaterial, { owner }: Material): boolean {
  return account === owner.account && keyId === owner.keyId;
}
