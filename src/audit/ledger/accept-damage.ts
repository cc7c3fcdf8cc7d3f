import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { hex, needs } from "../../base/index.js";
import type { Database } from "../../store/index.js";
import { NO_HASH, type Position, TrailDamaged } from "../frame.js";
import { FrameReader } from "../frame-reader.js";
import { checkAgainstIndex } from "../index-follower.js";
import { recoverOutbox } from "../outbox.js";
import type { TrailRecord } from "../port.js";
import { openSlotLog, type SlotLog } from "../slot-log.js";
import { ACCEPTANCE_FORMAT, type Acceptance, acceptancePath, slotInUse } from "./acceptance.js";
import { readBeginning } from "./beginning.js";
import type { LedgerFiles } from "./files.js";
import { writeDurably } from "./signed-file.js";

export interface AcceptPorts extends LedgerFiles {
  readonly indexDatabase: Database;
  /** Every database whose first records may wait for the damaged slot. */
  readonly databases: readonly Database[];
}

export interface AcceptQuestion {
  /** As its process names it; the chain that it uses now is meant. */
  readonly slot: string;
  readonly reason: string;
  readonly now: Date;
  /** What the new chain begins with. */
  record(acceptance: Pick<Acceptance, "slot" | "segment" | "frame" | "damage" | "reason" | "next">): TrailRecord;
}

/** The slot's whole part is longer than any number says: it is read until it breaks. */
const NO_GOAL = { segment: 0xffff_ffff, offset: 0 };

/**
 * Ends a damaged chain where its whole part ends and begins another one, whose first record tells of it. What is
 * damaged stays where it lies. Undefined where there is no damage. May be killed at any line and run again.
 */
export async function acceptDamage(ports: AcceptPorts, question: AcceptQuestion): Promise<Acceptance | undefined> {
  const slot = slotInUse(ports, question.slot);
  const damage = await damageOf(ports, slot);
  if (damage === undefined) return undefined;
  const { segment, offset, frame, hash } = wholeEnd(ports, slot);
  const { reason, now } = question;
  const found = { slot, segment, offset, frame, hash: hex(hash), damage, reason, next: nameAfter(slot) };
  const log = await openSlotLog({ folder: ports.folder, slot: found.next, key: ports.key });
  try {
    await log.append(JSON.stringify(question.record(found)));
    if (existsSync(join(ports.folder, slot))) await settle(ports, slot, log);
  } finally {
    await log.close();
  }
  const acceptance = ports.signer.sign({ format: ACCEPTANCE_FORMAT, ...found, time: now.toISOString() } as const);
  mkdirSync(join(ports.folder, slot), { recursive: true, mode: 0o700 });
  writeDurably(acceptancePath(ports.folder, slot), acceptance);
  return acceptance;
}

/** First records that waited for the damaged slot go to the new one, unless their final record can be read there. */
async function settle(ports: AcceptPorts, slot: string, log: SlotLog): Promise<void> {
  await recoverOutbox(ports.databases, log, { folder: ports.folder, slot, key: ports.key });
}

/** What stops the start, or else what a walk through the whole chain finds. */
async function damageOf(ports: AcceptPorts, slot: string): Promise<string | undefined> {
  const { folder, key, indexDatabase } = ports;
  try {
    const check = () => checkAgainstIndex(folder, slot, indexDatabase);
    const log = await openSlotLog({ folder, slot, key, check });
    const end = log.at;
    await log.close();
    const reader = readerOf(ports, slot, end);
    while (reader.next() !== undefined);
    reader.close();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TrailDamaged) return thrown.message;
    throw thrown;
  }
}

const readerOf = (ports: LedgerFiles, slot: string, goal: { readonly segment: number; readonly offset: number }) =>
  new FrameReader(ports.folder, slot, ports.key, undefined, goal, readBeginning(ports, slot));

function wholeEnd(ports: LedgerFiles, slot: string): Position {
  let end: Position = { segment: 0, offset: 0, frame: 0, hash: NO_HASH };
  try {
    const reader = readerOf(ports, slot, NO_GOAL);
    try {
      do end = reader.at;
      while (reader.next() !== undefined);
    } finally {
      reader.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof TrailDamaged)) throw thrown;
  }
  return end;
}

function nameAfter(slot: string): string {
  const [, base = slot, number = "1"] = /^(.*?)(?:-(\d+))?$/.exec(slot) ?? [];
  const next = `${base}-${Number(number) + 1}`;
  needs(next.length <= 32, "a slot's name is short");
  return next;
}
