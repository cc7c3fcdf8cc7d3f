import { setTimeout as pause } from "node:timers/promises";
import { type Clock, describeThrown, type Log, type Page } from "../base/index.js";
import { SealingKey, type Secret } from "../crypto/index.js";
import { type Database, FolderInUse, type WriteTx } from "../store/index.js";
import { type Expiry, expireSegments } from "./expire.js";
import { forgetOldEvents } from "./forget.js";
import { type Place, TrailDamaged } from "./frame.js";
import { FreshEvents } from "./fresh-events.js";
import { checkAgainstIndex, IndexFollower } from "./index-follower.js";
import { readBeginning } from "./ledger/beginning.js";
import type { LedgerFiles } from "./ledger/files.js";
import { type Ledger, LedgerSigner, ledgerOf, readAcceptance, slotInUse } from "./ledger/index.js";
import { lookUp } from "./lookup.js";
import { Outbox, recoverOutbox, rowText } from "./outbox.js";
import { Compactor, type Packed } from "./packed/compact.js";
import type { Audit, Lookup, TrailPlace, TrailRecord, TrailSlice, TrailSource } from "./port.js";
import { recordText } from "./record-text.js";
import { slotsIn } from "./segments.js";
import { openSlotLog, type SlotLog } from "./slot-log.js";
import { noteOf } from "./terms.js";
import { indexPlaces, readOn } from "./trail-reader.js";

export interface AuditOptions {
  /** The trail's folder: each slot has one of its own in it. */
  readonly folder: string;
  /** This process's number among its equals (`w0`): one process has it at a time. */
  readonly slot: string;
  /** 32 bytes. Still the caller's, who may wipe it. */
  readonly key: Secret;
  /** `audit.db`, opened with AUDIT_MIGRATIONS. */
  readonly indexDatabase: Database;
  /** Every database that `commit` may be given. */
  readonly databases: readonly Database[];
  readonly clock: Clock;
  readonly log: Log;
  /** Smaller in tests. */
  readonly segmentBytes?: number;
}

export interface TrailAudit extends Audit, TrailSource {
  /** What proves the trail to its owner. */
  readonly ledger: Ledger;
  /** Brings the index up to date, whoever wrote what it lacks. Look-ups do so first. */
  catchUp(): Promise<void>;
  /**
   * Indexes what this process itself has written, if that is `atLeastBytes` by now, and keeps the index in few pieces: for
   * a worker that runs every second or so.
   */
  indexOwn(atLeastBytes: number): Promise<void>;
  /** What a look-up would have to index before it answers, in bytes of the trail. */
  bytesBehind(): Promise<number>;
  /** Takes events out of the index that are too old to be shown, or not kept so long. For a worker, once a day. */
  forgetOldEvents(keepMs?: number): Promise<void>;
  /** Takes out segments that are older than their owner keeps them. For one worker of one process, once a day. */
  expireSegments(expiry: Expiry): Promise<number>;
  /**
   * Packs one closed segment whose records are from before this; undefined when there is none. For one worker of one
   * process: how often it is called bounds what it costs.
   */
  packNext(before: Date): Promise<Packed | undefined>;
}

/** A process that was killed a moment ago may still be dying with its lock in hand. */
const SLOT_PATIENCE_TRIES = 100;
const SLOT_PAUSE_MS = 100;

/**
 * Opens this slot's log, cuts the torn tail that a crash may have left, and settles the outbox: afterwards what was
 * committed is in the trail. Does the same for slots that nobody owns any more. Throws FolderInUse, and TrailDamaged for
 * its own slot; another's damage is logged, and look-ups that would need it fail.
 */
export async function openAudit(given: AuditOptions): Promise<TrailAudit> {
  const key = SealingKey.of(given.key);
  const files = { folder: given.folder, key, signer: new LedgerSigner(given.key) };
  const options = { ...given, slot: slotInUse(files, given.slot) };
  const log = await openOwn(options, key);
  try {
    await settle(options, key, options.slot, log);
    for (const slot of slotsIn(options.folder).filter((name) => name !== options.slot)) {
      // A chain whose damage was accepted has ended, and was settled then.
      if (readAcceptance(files, slot) === undefined) await settleOrphan(options, key, slot);
    }
  } catch (thrown) {
    await log.close();
    throw thrown;
  }
  return new SlotAudit(options, files, log);
}

async function openOwn(options: AuditOptions, key: SealingKey): Promise<SlotLog> {
  const { folder, slot, segmentBytes } = options;
  const rest = { check: () => checkSlot(options, slot), ...(segmentBytes === undefined ? {} : { segmentBytes }) };
  for (let tries = 1; ; tries += 1) {
    try {
      return await openSlotLog({ folder, slot, key, ...rest });
    } catch (thrown) {
      if (!(thrown instanceof FolderInUse) || tries >= SLOT_PATIENCE_TRIES) throw thrown;
    }
    await pause(SLOT_PAUSE_MS); // real time: it is another process that we wait for
  }
}

/** Under the slot's lock: a neighbour that settles it may just be writing its newest segment's first bytes. */
const checkSlot = ({ folder, indexDatabase }: AuditOptions, slot: string) =>
  checkAgainstIndex(folder, slot, indexDatabase);

async function settle({ folder, databases, log }: AuditOptions, key: SealingKey, slot: string, slotLog: SlotLog) {
  const recovered = await recoverOutbox(databases, slotLog, { folder, slot, key });
  if (recovered > 0) log.info("audit.recovered", { slot, records: recovered });
}

async function settleOrphan(options: AuditOptions, key: SealingKey, slot: string): Promise<void> {
  try {
    const orphan = await openSlotLog({ folder: options.folder, slot, key, check: () => checkSlot(options, slot) });
    try {
      await settle(options, key, slot, orphan);
    } finally {
      await orphan.close();
    }
  } catch (thrown) {
    if (thrown instanceof FolderInUse) return; // its owner lives and has settled it
    if (!(thrown instanceof TrailDamaged)) throw thrown;
    options.log.error("audit.damaged", describeThrown(thrown)); // this process's own log is whole: it may go on
  }
}

class SlotAudit implements TrailAudit {
  readonly ledger: Ledger;
  readonly #options: AuditOptions;
  readonly #files: LedgerFiles;
  readonly #log: SlotLog;
  readonly #outbox: Outbox;
  readonly #follower: IndexFollower;
  readonly #compactor: Compactor;

  constructor(options: AuditOptions, files: LedgerFiles, log: SlotLog) {
    this.ledger = ledgerOf(files);
    this.#options = options;
    this.#files = files;
    this.#log = log;
    this.#outbox = new Outbox(options.slot, options.clock, options.log);
    const fresh = new FreshEvents(log.at);
    log.fresh = fresh;
    this.#follower = new IndexFollower(files, options.indexDatabase, { slot: options.slot, fresh });
    this.#compactor = new Compactor(files, options.log);
  }

  record(record: TrailRecord, beside: readonly TrailRecord[] = []): Promise<void> {
    const written = beside.length === 0 ? this.#append(record) : this.#appendAll([...beside, record]);
    if (!this.#outbox.isOpen(record.eventID)) return written;
    return written.then(() => this.#outbox.ended(record.eventID));
  }

  #append(record: TrailRecord): Promise<void> {
    return this.#log.append(recordText(record), noteOf(record));
  }

  async #appendAll(records: readonly TrailRecord[]): Promise<void> {
    await Promise.all(records.map((each) => this.#append(each)));
  }

  commit<T>(
    database: Database,
    first: TrailRecord,
    unit: (tx: WriteTx) => Promise<T>,
    beside: readonly TrailRecord[] = [],
  ): Promise<T> {
    const record = { eventId: first.eventID, text: rowText([...beside, first]), segment: this.#log.at.segment };
    return this.#outbox.commit(database, record, unit);
  }

  catchUp(): Promise<void> {
    return this.#follower.catchUp();
  }

  indexOwn(atLeastBytes: number): Promise<void> {
    return this.#follower.followOwn(atLeastBytes);
  }

  bytesBehind(): Promise<number> {
    return this.#follower.bytesBehind();
  }

  forgetOldEvents(keepMs?: number): Promise<void> {
    return forgetOldEvents(this.#options.indexDatabase, this.#options.clock.now(), keepMs);
  }

  expireSegments(expiry: Expiry): Promise<number> {
    const { indexDatabase, databases } = this.#options;
    return expireSegments({ ...this.#files, indexDatabase, databases }, expiry);
  }

  packNext(before: Date): Promise<Packed | undefined> {
    return this.#compactor.packNext(this.#options.clock.now(), before);
  }

  async places(): Promise<readonly TrailPlace[]> {
    await this.#follower.catchUp(); // so that whoever begins here reads nothing that is long past
    return indexPlaces(this.#options.folder, this.#options.indexDatabase);
  }

  readOn(places: readonly TrailPlace[], mostRecords: number): Promise<TrailSlice> {
    return readOn(this.#files, places, mostRecords);
  }

  async lookup(lookup: Lookup): Promise<Page<TrailRecord>> {
    await this.#follower.catchUp();
    const { indexDatabase: database, clock } = this.#options;
    const mayBeGone = ({ slot, segment }: Place) =>
      this.#follower.acceptanceOf(slot) !== undefined || segment < (readBeginning(this.#files, slot)?.segment ?? 1);
    return lookUp({ ...this.#files, database, mayBeGone }, lookup, clock.now());
  }

  async close(): Promise<void> {
    await this.#log.close();
    await this.#outbox.close();
  }
}
