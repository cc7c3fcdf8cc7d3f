import { Lru, type Region } from "../base/index.js";
import type { Material } from "../keystore/index.js";
import type { GrantView, NamedPolicy, PrincipalView } from "../policy/index.js";
import type { Database, ReadTx } from "../store/index.js";
import { keyValues } from "./conditions.js";
import type { CustomKeyStore } from "./custom-stores/custom-key-store.js";
import { granteeNames, grantView, isInertFor } from "./grants/grant.js";
import { grantsFor, hasGrants } from "./grants/store.js";
import { type BadArnCode, type KeyIdentifier, type Place, parseKeyIdentifier } from "./identifiers.js";
import { earliestEnd, isUsable } from "./imported/summary.js";
import { type Key, type KeyRef, refText } from "./key.js";
import { compile } from "./key-policy.js";
import * as store from "./store/index.js";

/** A key with all that a decision about it needs, compiled once and kept until the key changes. */
export interface LoadedKey {
  readonly key: Key;
  readonly policy: NamedPolicy;
  readonly aliases: ReadonlySet<string>;
  /** The condition values that are properties of the key (kms 5.7). */
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  /** What encrypts; undefined while the key has none. */
  readonly current: Material | undefined;
  /** The public half of the current material, where that is a key pair. SPKI DER. */
  readonly publicKey: Uint8Array | undefined;
  /** Everything that decrypts, by material id. */
  readonly materials: ReadonlyMap<string, Material>;
  /** The custom key store that the key is in, as it was when the key was read. */
  readonly store?: CustomKeyStore;
  /** When the first piece of imported material goes by itself. Who uses the key looks at the clock. */
  readonly expiresAtMs: number | undefined;
  /** The grants that may speak for a caller, by the caller's ARN. Undefined: the key has no grants at all. */
  readonly grants: Map<string, readonly GrantView[]> | undefined;
}

const MOST_KEYS = 20_000;
const MOST_TEXTS = 40_000;
const MOST_CALLERS_OF_A_KEY = 1_000;
const NO_GRANTS: readonly GrantView[] = [];

/**
 * Finds keys. On the hot path it is two look-ups in memory and one question to the database's version number; when
 * any process changed something, the list of changes says which keys to forget, so that one new grant does not cost
 * 100,000 keys their place. Nothing that was read before a change is ever used after it.
 */
export class KeyRepository {
  readonly #database: Database;
  readonly #keys = new Lru<string, LoadedKey>(MOST_KEYS);
  /** From a `KeyId` as callers write it to the key's ref. Only a hint: an alias is checked against its key's names. */
  readonly #texts = new Lru<string, string>(MOST_TEXTS);
  #version: number | undefined;
  #seq = 0;
  /** Counts what was forgotten, so that a read that began before is not kept. */
  #forgotten = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By any form of `KeyId`. Synchronous when the key is known and nothing changed. */
  find(text: string, place: Place, badArn: BadArnCode): Found | Promise<Found> {
    if (this.#isCurrent()) {
      const ref = this.#texts.get(textKey(text, place));
      const loaded = ref === undefined ? undefined : this.#keys.get(ref);
      if (loaded !== undefined && stillNamed(loaded, text)) return { loaded };
    }
    return this.#findSlowly(text, place, badArn);
  }

  /** By id: synchronous when the key is known and nothing changed. */
  byRef(ref: KeyRef): LoadedKey | undefined | Promise<LoadedKey | undefined> {
    const loaded = this.#isCurrent() ? this.#keys.get(refText(ref)) : undefined;
    return loaded ?? this.#load(ref);
  }

  /** The grants whose grantee the caller can be. The decision applies their operations and constraints. */
  grantsOf(loaded: LoadedKey, caller: PrincipalView): readonly GrantView[] | Promise<readonly GrantView[]> {
    if (loaded.grants === undefined) return NO_GRANTS;
    return loaded.grants.get(callerKey(caller)) ?? this.#loadGrants(loaded, loaded.grants, caller);
  }

  #isCurrent(): boolean {
    return this.#database.version() === this.#version;
  }

  async #findSlowly(text: string, place: Place, badArn: BadArnCode): Promise<Found> {
    const identifier = parseKeyIdentifier(text, place, badArn);
    const ref = identifier.kind === "key" ? identifier.ref : await this.#aliased(identifier);
    if (ref === undefined) return { identifier };
    const loaded = await this.byRef(ref);
    if (loaded === undefined) return { identifier };
    this.#texts.set(textKey(text, place), refText(ref));
    return { loaded };
  }

  #aliased(identifier: KeyIdentifier & { kind: "alias" }): Promise<KeyRef | undefined> {
    return this.#database.read(async (tx) => {
      const alias = await store.findAlias(tx, identifier.account, identifier.region, identifier.name);
      return alias && store.targetOf(alias);
    });
  }

  async #load(ref: KeyRef): Promise<LoadedKey | undefined> {
    await this.#catchUp();
    const known = this.#keys.get(refText(ref));
    if (known !== undefined) return known;
    const forgotten = this.#forgotten;
    const loaded = await this.#database.read((tx) => load(tx, ref));
    if (loaded !== undefined && forgotten === this.#forgotten) this.#keys.set(refText(ref), loaded);
    return loaded;
  }

  async #loadGrants(loaded: LoadedKey, kept: NonNullable<LoadedKey["grants"]>, caller: PrincipalView) {
    const grants = await this.#database.read((tx) => grantsFor(tx, loaded.key, granteeNames(caller)));
    const views = grants.filter((grant) => !isInertFor(grant, caller)).map(grantView);
    if (kept.size >= MOST_CALLERS_OF_A_KEY) kept.clear();
    // `kept` belongs to this reading of the key: if the key changed meanwhile, it was forgotten with it.
    kept.set(callerKey(caller), views);
    return views;
  }

  /** Forgets what the list of changes names; everything, when this process missed a part of the list. */
  async #catchUp(): Promise<void> {
    const version = this.#database.version();
    if (version === this.#version) return;
    const since = this.#seq;
    const changes = await this.#database.read((tx) => store.changesAfter(tx, since));
    const first = changes[0];
    const last = changes[changes.length - 1];
    if (first !== undefined && last !== undefined) {
      if (first.seq !== since + 1 || isLost(changes)) this.#keys.clear();
      else for (const change of changes) this.#keys.delete(change.ref);
      this.#seq = Math.max(this.#seq, Number(last.seq));
      this.#forgotten += 1;
    }
    this.#version = version;
  }
}

/** The list was cut, or everything may have changed. */
const isLost = (changes: readonly store.Change[]) =>
  changes.length > store.KEPT_CHANGES || changes.some(({ ref }) => ref === store.ALL_KEYS);

/** What a text led to: a key, or only its meaning when there is no such key. */
export type Found =
  | { readonly loaded: LoadedKey; readonly identifier?: undefined }
  | { readonly loaded?: undefined; readonly identifier: KeyIdentifier };

const textKey = (text: string, place: { account: string; region: Region }) =>
  `${place.account} ${place.region} ${text}`;
const callerKey = (caller: PrincipalView) => `${caller.arn} ${caller.uniqueId ?? ""} ${caller.service ?? ""}`;

/** The alias's name when the text is an alias in either form: also what `kms:RequestAlias` says. */
export function aliasName(text: string): string | undefined {
  if (text.startsWith("alias/")) return text;
  const at = text.startsWith("arn:") ? text.indexOf(":alias/") : -1;
  return at < 0 ? undefined : text.slice(at + 1);
}

function stillNamed(loaded: LoadedKey, text: string): boolean {
  const name = aliasName(text);
  return name === undefined || loaded.aliases.has(name);
}

async function load(tx: ReadTx, ref: KeyRef): Promise<LoadedKey | undefined> {
  const stored = await store.findKey(tx, ref);
  if (stored === undefined) return undefined;
  const { key } = stored;
  const owner = { account: key.account, region: key.region, keyId: key.id };
  const held = await store.materialsOf(tx, ref);
  const materials = held.filter(isUsable).map(({ id }) => [id, { id, owner }] as const);
  const aliases = new Set((await store.aliasesOf(tx, ref)).map((alias) => alias.name));
  const byId = new Map<string, Material>(materials);
  return {
    key,
    policy: compile(stored.policy, stored.principals),
    aliases,
    values: keyValues(key, aliases),
    current: key.material === undefined ? undefined : byId.get(key.material),
    publicKey: held.filter(isUsable).find(({ id }) => id === key.material)?.publicKey,
    materials: byId,
    ...(stored.store === undefined ? {} : { store: stored.store }),
    expiresAtMs: earliestEnd(held)?.getTime(),
    grants: (await hasGrants(tx, ref)) ? new Map() : undefined,
  };
}
