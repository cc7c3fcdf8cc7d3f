import { AwsError, needs } from "../../base/index.js";
import { KeyStoreError, type MadeMaterial, type MaterialId, type MaterialOwner } from "../../keystore/index.js";
import type { WriteTx } from "../../store/index.js";
import { keyStoreRefusal } from "../data-key.js";
import type { Key, KeyRef } from "../key.js";
import type { Kms } from "../kms.js";
import { refuseNewsForReplica, settleWaiting, tellOfMaterial } from "../multi-region/pending-material.js";
import { findKey, updateKey } from "../store/index.js";
import {
  anotherIsPending,
  checkOrderFor,
  expectationOf,
  type ImportOrder,
  incorrectMaterial,
  isNewMaterial,
  pendingOf,
  refuseUnlessImportable,
} from "./import-order.js";
import { type Importing, insertImported, readImporting, updateImported } from "./store.js";
import type { Imported } from "./summary.js";

/**
 * Into the key store first, then the row that names it, in the call's unit of work. Bytes that came to nothing are
 * named by no row, and the sweeper takes them.
 */
export async function importMaterial(
  kms: Kms,
  ref: KeyRef,
  order: ImportOrder,
  now: Date,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<MaterialId> {
  const before = await kms.database.read((tx) => readImporting(tx, ref));
  checkImport(before, order);
  const made = await takeIn(kms, before, order, now);
  await commit(async (tx) => {
    const current = await readImporting(tx, ref);
    checkImport(current, order);
    if (current.erasures !== before.erasures) throw busy(current.key);
    await put(tx, current, order, made);
    await tellOfMaterial(tx, current.key, made.id, order.description);
    await settleWaiting(tx, current.key);
    await enableIfComplete(tx, ref);
  });
  return made.id;
}

function checkImport({ key, materials, isErasing }: Importing, order: ImportOrder): void {
  refuseUnlessImportable(key);
  checkOrderFor(key, order);
  refuseNewsForReplica(key, isNewMaterial(materials, order), order.description);
  if (isErasing) throw busy(key);
}

async function takeIn(kms: Kms, before: Importing, order: ImportOrder, now: Date): Promise<MadeMaterial> {
  const { key, materials } = before;
  const { token, wrapped } = order;
  const expected = expectationOf(materials, order);
  needs(key.spec !== "SM2", "keys of China's Regions are not made here");
  const request = { spec: key.spec, token, wrapped, now, expected };
  const made = await kms.keyStore.importMaterial(ownerOf(key), request).catch(refuseImport);
  const pending = pendingOf(materials);
  if (expected.isTrial === true && pending !== undefined) throw anotherIsPending(key, made.id, pending.id);
  return made;
}

async function put(tx: WriteTx, { key, materials }: Importing, order: ImportOrder, made: MadeMaterial): Promise<void> {
  const { id } = made;
  const known = materials.find((material) => material.id === id);
  const isNew = isNewMaterial(materials, order);
  if (isNew === (known !== undefined)) throw incorrectMaterial("somebody else imported meanwhile");
  if (known !== undefined) return updateImported(tx, key, id, importedAs(order, known.imported));
  const pending = pendingOf(materials);
  if (pending !== undefined) throw anotherIsPending(key, id, pending.id);
  const isFirst = materials.length === 0;
  await insertImported(tx, key, made, isFirst ? "CURRENT" : WAITING, importedAs(order));
  if (isFirst) await updateKey(tx, { ...key, state: "PendingImport", material: id });
}

/** `settleWaiting` says what more it waits for. */
const WAITING = "PENDING_ROTATION";

/** Without a new description the earlier one stays (kms I-11). */
function importedAs({ description, validTo }: ImportOrder, earlier?: Imported): Imported {
  const kept = description ?? earlier?.description;
  return { isHere: true, ...(kept === undefined ? {} : { description: kept }), ...(validTo && { validTo }) };
}

/** Only when nothing is missing any more; a key that was disabled before it lost material comes back enabled (kms I-12, I-13). */
async function enableIfComplete(tx: WriteTx, ref: KeyRef): Promise<void> {
  const key = (await findKey(tx, ref))?.key;
  if (key?.state !== "PendingImport" || key.material === undefined || key.imported?.isComplete !== true) return;
  await updateKey(tx, { ...key, state: "Enabled", material: key.material });
}

export const ownerOf = (ref: KeyRef): MaterialOwner => ({ account: ref.account, region: ref.region, keyId: ref.id });

/** Material is being taken away right now, or a process died while it was; the worker ends it within minutes. */
const busy = (key: Key): AwsError =>
  new AwsError("DependencyTimeoutException", `Key material of ${key.arn} is being deleted. Try again.`, {
    fault: "server",
    status: 503,
  });

function refuseImport(thrown: unknown): never {
  if (!(thrown instanceof KeyStoreError)) throw thrown;
  switch (thrown.reason) {
    case "bad-token":
      throw new AwsError("InvalidImportTokenException", "The import token is not one of this KMS key.", {
        cause: thrown,
      });
    case "expired-token":
      throw new AwsError("ExpiredImportTokenException", "The import token has expired.", { cause: thrown });
    case "wrong-material":
      throw incorrectMaterial(thrown);
    case "bad-ciphertext":
      throw new AwsError("InvalidCiphertextException", undefined, { cause: thrown });
    default:
      return keyStoreRefusal(thrown);
  }
}
