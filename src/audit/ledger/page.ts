import { createHash } from "node:crypto";
import { join } from "node:path";
import { hex } from "../../base/index.js";
import { breath } from "../breath.js";
import { type Flushed, readFlushed } from "../flushed-mark.js";
import { type Position, TrailDamaged } from "../frame.js";
import { FrameReader } from "../frame-reader.js";
import { parseRecord } from "../outbox.js";
import type { TrailRecord } from "../port.js";
import { segmentsOf } from "../segments.js";
import { type Acceptance, readAcceptance } from "./acceptance.js";
import { positionAt } from "./anchor.js";
import { readBeginning } from "./beginning.js";
import type { LedgerFiles } from "./files.js";
import type { Signed } from "./signed.js";

/** A place in one slot's chain. */
export interface Mark {
  readonly segment: number;
  readonly offset: number;
  readonly frame: number;
  readonly hash: string;
}

export interface Filter {
  /** ISO-8601; both ends included. */
  readonly from: string | null;
  readonly to: string | null;
  readonly account: string | null;
}

export interface PageQuestion {
  readonly slot: string;
  /** Where the page before ended; the chain's beginning if absent. */
  readonly start?: Mark;
  /** Records to give; without it the page only proves. */
  readonly filter?: Filter;
}

export type PageProof = Signed<{
  readonly format: "strongroom-trail-page/1";
  readonly slot: string;
  readonly start: Mark;
  readonly end: Mark;
  /** Every place passed, the start included: segment, frames before it, hash. */
  readonly chain: readonly (readonly [segment: number, frames: number, hash: string])[];
  readonly filter: Filter | null;
  readonly records: number;
  /** SHA-256 of the lines, each with a line feed. */
  readonly digest: string;
}>;

export interface TrailPage {
  /** JSON texts of `ExportedRecord`. */
  readonly lines: readonly string[];
  readonly proof: PageProof | null;
  /** Records read, whether wanted or not. */
  readonly read: number;
  /** Nothing that is known to be on the disk lies behind it. */
  readonly isLast: boolean;
  readonly damage: string | null;
  readonly acceptance: Acceptance | null;
}

export interface ExportedRecord {
  readonly slot: string;
  readonly segment: number;
  readonly frame: number;
  readonly record: TrailRecord;
}

/** Answers are whole in memory: so much of the trail is read for one. A frame may be longer. */
const PROVEN_BYTES = 8 * 1024 * 1024;
const GIVEN_BYTES = 1024 * 1024;
const BREATH_BYTES = 512 * 1024;

/** Opens and checks frames from a place on. Damage ends the page and is named; what is accepted damage is the end. */
export async function readPage(files: LedgerFiles, question: PageQuestion): Promise<TrailPage> {
  const acceptance = readAcceptance(files, question.slot) ?? null;
  const found = { lines: [] as string[], chain: [] as PageProof["chain"][number][], read: 0 };
  try {
    const goal = acceptance ?? goalOf(files, question.slot);
    if (goal === undefined || (acceptance !== null && acceptance.offset === 0)) {
      return { lines: [], proof: null, read: 0, isLast: true, damage: null, acceptance };
    }
    const reader = openReader(files, question, goal);
    try {
      return { ...(await readOn(files, question, reader, found)), damage: null, acceptance };
    } finally {
      reader.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof TrailDamaged)) throw thrown;
    return { lines: [], proof: null, read: found.read, isLast: true, damage: thrown.message, acceptance };
  }
}

function openReader(files: LedgerFiles, { slot, start }: PageQuestion, goal: Flushed): FrameReader {
  const from = start && { ...start, hash: Buffer.from(start.hash, "hex") };
  return new FrameReader(files.folder, slot, files.key, from, goal, readBeginning(files, slot));
}

async function readOn(
  { signer }: LedgerFiles,
  { slot, filter }: PageQuestion,
  reader: FrameReader,
  found: { readonly lines: string[]; readonly chain: PageProof["chain"][number][]; read: number },
): Promise<Omit<TrailPage, "damage" | "acceptance">> {
  const start = reader.at;
  const mostBytes = filter === undefined ? PROVEN_BYTES : GIVEN_BYTES;
  let [bytes, rested, isLast] = [0, 0, false];
  found.chain.push(link(start));
  while (bytes < mostBytes) {
    const read = reader.next();
    isLast = read === undefined;
    if (read === undefined) break;
    if (read.at.frame === 0 && read.at !== start) found.chain.push(link(read.at));
    found.chain.push(link(reader.at));
    found.read += read.records.length;
    bytes += reader.at.offset - read.at.offset;
    if (filter !== undefined) found.lines.push(...linesOf(slot, read.at, read.records, filter));
    if (bytes - rested < BREATH_BYTES) continue;
    rested = bytes;
    await breath();
  }
  const proof = signer.sign({
    format: "strongroom-trail-page/1",
    slot,
    start: markOf(start),
    end: markOf(reader.at),
    chain: found.chain,
    filter: filter ?? null,
    records: found.lines.length,
    digest: digestOf(found.lines),
  } as const);
  return { lines: found.lines, proof, read: found.read, isLast };
}

const link = ({ segment, frame, hash }: Position) => [segment, frame, hex(hash)] as const;
const markOf = ({ segment, offset, frame, hash }: Position): Mark => ({ segment, offset, frame, hash: hex(hash) });

export function digestOf(lines: readonly string[]): string {
  const digest = createHash("sha256");
  for (const line of lines) digest.update(`${line}\n`);
  return digest.digest("hex");
}

function linesOf(slot: string, { segment, frame }: Position, records: readonly string[], filter: Filter): string[] {
  return records
    .map(parseRecord)
    .filter((record) => isWithin(record, filter))
    .map((record) => JSON.stringify({ slot, segment, frame, record } satisfies ExportedRecord));
}

export function isWithin({ eventTime, recipientAccountId }: TrailRecord, { from, to, account }: Filter): boolean {
  const time = Date.parse(eventTime);
  if (from !== null && time < Date.parse(from)) return false;
  if (to !== null && time > Date.parse(to)) return false;
  return account === null || recipientAccountId === account;
}

/** How far the chain must reach: to the mark, or to the end of the whole frames where segments lie behind the mark. */
function goalOf(files: LedgerFiles, slot: string): Flushed | undefined {
  const { folder } = files;
  const flushed = readFlushed(join(folder, slot));
  const last = segmentsOf(folder, slot).at(-1);
  if (flushed !== undefined && flushed.segment >= (last ?? 0)) return flushed;
  return last === undefined ? undefined : positionAt(files, { slot, segment: last }, undefined);
}
