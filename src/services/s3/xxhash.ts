import type { IHasher } from "hash-wasm";
import { needs, table } from "../../base/index.js";
import type { Hasher } from "./checksums.js";

/** The xxHash family, by S3's names. Digests are written from their highest byte on, as the library gives them. */
const MAKERS = table({
  XXHASH64: async () => (await import("hash-wasm")).createXXHash64(),
  XXHASH3: async () => (await import("hash-wasm")).createXXHash3(),
  XXHASH128: async () => (await import("hash-wasm")).createXXHash128(),
});

export type XxHash = keyof typeof MAKERS;

const engines = new Map<XxHash, IHasher>();

export const isXxHash = (name: string): name is XxHash => Object.hasOwn(MAKERS, name);

/** The library compiles its WebAssembly when it is first wanted, and that takes a turn of the event loop. */
export async function prepareXxHash(name: XxHash): Promise<void> {
  if (!engines.has(name)) engines.set(name, await MAKERS[name]());
}

/**
 * A running hash. All of one kind share an engine, each with a state of its own: a module and its memory for every
 * upload would cost a thousand times what a state does.
 */
export function makeXxHash(name: XxHash): Hasher {
  const engine = engines.get(name);
  needs(engine !== undefined, "prepareXxHash comes first");
  let state = engine.init().save();
  const resumed = () => engine.load(state);
  return {
    update(bytes) {
      state = resumed().update(bytes).save();
    },
    digest: () => Buffer.from(resumed().digest("binary")),
  };
}
