import type { ReadTx, WriteTx } from "../store/index.js";
import { noSuchKey } from "./identifiers.js";
import { type Key, type KeyRef, keyArn } from "./key.js";
import { findKey, type StoredKey, updateKey } from "./store/index.js";

/**
 * Reads the key again where it cannot change any more, and writes what `change` makes of it. The checks of state are
 * in `change`, so that two calls at once cannot both pass them.
 */
export async function changeKey(tx: WriteTx, ref: KeyRef, change: (key: Key) => Key): Promise<Key> {
  const { key } = await getStoredKey(tx, ref);
  const changed = change(key);
  await updateKey(tx, changed);
  return changed;
}

/** The key as it stands in this transaction; it may have been deleted since it was looked up. */
export async function getStoredKey(tx: ReadTx, ref: KeyRef): Promise<StoredKey> {
  const stored = await findKey(tx, ref);
  if (stored === undefined) throw noSuchKey(keyArn(ref));
  return stored;
}
