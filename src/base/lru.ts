/** A map that forgets what was used longest ago once it holds more than `most`. */
export class Lru<K, V> {
  readonly #most: number;
  readonly #rows = new Map<K, V>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: K): V | undefined {
    const value = this.#rows.get(key);
    if (value === undefined) return undefined;
    this.#rows.delete(key);
    this.#rows.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#rows.delete(key);
    this.#rows.set(key, value);
    if (this.#rows.size > this.#most) this.#rows.delete(this.#rows.keys().next().value as K); // size > 0, so a first key is there
  }

  delete(key: K): void {
    this.#rows.delete(key);
  }

  clear(): void {
    this.#rows.clear();
  }

  get size(): number {
    return this.#rows.size;
  }
}
