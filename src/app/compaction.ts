import { existsSync } from "node:fs";
import { join } from "node:path";
import { Compactor, LedgerSigner, type Packed, type TrailAudit } from "../audit/index.js";
import { DAY_MS, type Log, type LogFields, SECOND_MS, silentLog } from "../base/index.js";
import { SettingsError } from "../cli/index.js";
import { SealingKey } from "../crypto/index.js";
import type { Worker } from "../kit/index.js";
import { lockFolder } from "../store/index.js";
import { realClock } from "./real.js";
import { openRoot, type RootToolPorts } from "./root-tools.js";

/** A segment takes half a second of processor time and its flush: so packing has a tenth of a core at most. */
const PACK_EVERY_MS = 5 * SECOND_MS;

/** `days` of 0: every segment stays as it was written. */
export function compactionWorkers(audit: TrailAudit, days: number, log: Log): Worker[] {
  if (days === 0) return [];
  const run = async (now: Date) => {
    const packed = await audit.packNext(daysBefore(now, days));
    if (packed !== undefined) log.info("audit.packed", { ...packed });
  };
  return [{ name: "trail-compaction", everyMs: PACK_EVERY_MS, run }];
}

/** `strongroom audit compact`: what a server does by and by, at once, on a folder whose server is stopped. */
export async function compactTool({ given, settings, programFile, print }: RootToolPorts): Promise<number> {
  const isAll = Object.hasOwn(given.flags, "all");
  if (settings.auditCompactDays === 0 && !isAll)
    throw new SettingsError("Packing is switched off (--audit-compact-days 0); --all packs every closed segment.");
  if (!existsSync(join(settings.data, "audit"))) throw new SettingsError(`There is no trail in ${settings.data}.`);
  const lock = await lockFolder(settings.data);
  try {
    const root = await openRoot(settings, programFile);
    const key = root.houseKey("audit/segments");
    const problems: string[] = [];
    const log = { ...silentLog, error: (_event: string, { reason }: LogFields = {}) => problems.push(String(reason)) };
    const files = { folder: join(settings.data, "audit"), key: SealingKey.of(key), signer: new LedgerSigner(key) };
    const compactor = new Compactor(files, log);
    const now = realClock.now();
    const before = isAll ? now : daysBefore(now, settings.auditCompactDays);
    const packed: Packed[] = [];
    for (let one = await compactor.packNext(now, before); one; one = await compactor.packNext(now, before))
      packed.push(one);
    print(summary(packed));
    for (const problem of problems) print(`  DAMAGE  ${problem}: left as it lies`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    lock.release();
  }
}

const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * DAY_MS);

function summary(packed: readonly Packed[]): string {
  if (packed.length === 0) return "There is no segment to pack.";
  const sum = (of: (one: Packed) => number) => packed.reduce((total, one) => total + of(one), 0);
  const [bytes, packedBytes] = [sum((one) => one.bytes), sum((one) => one.packedBytes)];
  return `${packed.length} segments packed: ${bytes} bytes are ${packedBytes} now.`;
}
