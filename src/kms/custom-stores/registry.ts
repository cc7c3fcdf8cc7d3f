import { utf8 } from "../../base/index.js";
import { type SealingKey, sha256 } from "../../crypto/index.js";
import { type CustomKeyStore, storeText } from "./custom-key-store.js";
import type { CustomStore, CustomStoreKinds, StoreRef, StoreSettings } from "./port.js";

interface Opened {
  readonly version: number;
  readonly store: CustomStore;
}

/**
 * The custom key stores that this process has open. A store that changed is opened anew, with its new secret, and
 * whoever holds an older row of it gets the store as that row says.
 */
export class CustomStores {
  readonly kinds: CustomStoreKinds;
  readonly #sealer: SealingKey;
  readonly #opened = new Map<string, Opened>();

  constructor(kinds: CustomStoreKinds, sealer: SealingKey) {
    this.kinds = kinds;
    this.#sealer = sealer;
  }

  /** The secret as it is kept in the store's row. Nobody can put it into another store's row. */
  seal(secret: string, ref: StoreRef): Buffer {
    return this.#sealer.seal(utf8(secret), secretPlace(ref));
  }

  settingsOf(store: CustomKeyStore): StoreSettings {
    const secret = this.#sealer.open(store.sealedSecret, secretPlace(store)).toString("utf8");
    const { facts } = store;
    if (facts.type === "AWS_CLOUDHSM") return { ...facts, password: secret };
    return { ...facts, secretAccessKey: secret };
  }

  encryptsTwice({ facts }: CustomKeyStore): boolean {
    return this.kinds[facts.type].encryptsTwice;
  }

  open(store: CustomKeyStore): CustomStore {
    const name = storeText(store);
    const known = this.#opened.get(name);
    // A row that was read before a change is used once more at most, and then with what the store is now.
    if (known !== undefined && known.version >= store.version) return known.store;
    const opened = this.openWith(this.settingsOf(store));
    known?.store.close();
    this.#opened.set(name, { version: store.version, store: opened });
    return opened;
  }

  openWith(settings: StoreSettings): CustomStore {
    return settings.type === "AWS_CLOUDHSM"
      ? this.kinds.AWS_CLOUDHSM.open(settings)
      : this.kinds.EXTERNAL_KEY_STORE.open(settings);
  }

  /** The store is disconnected or gone: its connections and sessions go too. */
  letGo(ref: StoreRef): void {
    this.#opened.get(storeText(ref))?.store.close();
    this.#opened.delete(storeText(ref));
  }

  close(): void {
    for (const { store } of this.#opened.values()) store.close();
    this.#opened.clear();
  }
}

const secretPlace = (ref: StoreRef): Buffer => utf8(`custom-key-store/${storeText(ref)}`);

/** Names the key of a store that holds it alone, where other keys have the id of their material. */
export const nameOfStoreKey = (key: StoreRef, externalKeyId: string): string =>
  sha256(utf8(`custom-key-store/${storeText(key)}/${externalKeyId}`)).toString("hex");
