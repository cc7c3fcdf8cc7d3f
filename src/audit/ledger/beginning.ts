import { join } from "node:path";
import type { LedgerFiles } from "./files.js";
import type { Signed } from "./signed.js";
import { readSigned } from "./signed-file.js";

/** Says with the house's signature that the segments before were taken out in time: the chain begins here. */
export type Beginning = Signed<{
  readonly format: "strongroom-trail-begin/1";
  readonly slot: string;
  readonly segment: number;
  /** What the last segment that was taken out ended with. */
  readonly before: string;
  readonly time: string;
}>;

export const BEGINNING_FORMAT = "strongroom-trail-begin/1";
export const beginningPath = (folder: string, slot: string) => join(folder, slot, "begin.json");

export function readBeginning(files: Pick<LedgerFiles, "folder" | "signer">, slot: string): Beginning | undefined {
  const found = readSigned<Beginning>(beginningPath(files.folder, slot), BEGINNING_FORMAT, files.signer);
  return found?.slot === slot ? found : undefined;
}
