import { join } from "node:path";
import type { LedgerFiles } from "./files.js";
import type { Signed } from "./signed.js";
import { readSigned } from "./signed-file.js";

/** The owner has seen the damage: the slot's chain ends at this place, and its process goes on in `next`. */
export type Acceptance = Signed<{
  readonly format: "strongroom-accepted-damage/1";
  readonly slot: string;
  /** Where the whole part ends; all zero where nothing of it is whole. */
  readonly segment: number;
  readonly offset: number;
  readonly frame: number;
  readonly hash: string;
  readonly damage: string;
  readonly reason: string;
  readonly time: string;
  readonly next: string;
}>;

export const ACCEPTANCE_FORMAT = "strongroom-accepted-damage/1";
export const acceptancePath = (folder: string, slot: string) => join(folder, slot, "accepted.json");

export function readAcceptance(files: Pick<LedgerFiles, "folder" | "signer">, slot: string): Acceptance | undefined {
  const found = readSigned<Acceptance>(acceptancePath(files.folder, slot), ACCEPTANCE_FORMAT, files.signer);
  return found?.slot === slot ? found : undefined;
}

/** The slot in which a process goes on: damage that was accepted sends it to another one. */
export function slotInUse(files: Pick<LedgerFiles, "folder" | "signer">, slot: string): string {
  const accepted = readAcceptance(files, slot);
  return accepted === undefined ? slot : slotInUse(files, accepted.next);
}
