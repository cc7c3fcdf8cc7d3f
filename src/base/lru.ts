/**
 * A map that never holds more than `most` and forgets what was not used lately. It has two generations: what is used
 * moves to the young one, and when that is full the old one is let go and the young one grows old. So a look-up of
 * what is in use is one look into a Map and moves nothing.
 */
export class Lru<K, V> {
  readonly #mostYoung: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(most: number) {
    this.#mostYoung = Math.max(1, Math.floor(most / 2));
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    if (this.#young.size < this.#mostYoung) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
