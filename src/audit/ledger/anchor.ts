import { join } from "node:path";
import { hex } from "../../base/index.js";
import { BrokenSeal } from "../../crypto/index.js";
import { readFlushed } from "../flushed-mark.js";
import {
  after,
  checkFollows,
  firstPosition,
  type Place,
  type Position,
  SEGMENT_HEADER_BYTES,
  TrailDamaged,
} from "../frame.js";
import { readSegment, segmentsOf, slotsIn, wholeFrame } from "../segments.js";
import type { LedgerFiles } from "./files.js";
import { isSigned, type Signed } from "./signed.js";

/** Where a chain stood: so many whole frames in that segment, and the hash that vouches for all before. */
export interface Head {
  readonly slot: string;
  readonly segment: number;
  readonly frames: number;
  readonly hash: string;
}

/** The heads of all chains at one time, signed: kept elsewhere, it proves what was in the trail then. */
export type Anchor = Signed<{
  readonly format: "strongroom-anchor/1";
  readonly time: string;
  readonly slots: readonly Head[];
}>;

const FORMAT = "strongroom-anchor/1";

/** Of what is on the disk, so that no crash can take an anchored frame back. Throws TrailDamaged. */
export function makeAnchor(files: LedgerFiles, now: Date): Anchor {
  const slots = slotsIn(files.folder).flatMap((slot) => headOf(files, slot) ?? []);
  return files.signer.sign({ format: FORMAT, time: now.toISOString(), slots } as const);
}

/** Whether a parsed file is an anchor whose signature is right. */
export function isAnchor(parsed: unknown): parsed is Anchor {
  if (typeof parsed !== "object" || parsed === null) return false;
  const anchor = parsed as Partial<Anchor>; // looked at member by member below
  if (anchor.format !== FORMAT || typeof anchor.time !== "string") return false;
  if (typeof anchor.publicKey !== "string" || typeof anchor.signature !== "string") return false;
  return Array.isArray(anchor.slots) && anchor.slots.every(isHead) && isSigned(parsed as Anchor); // all members are there
}

function isHead(parsed: unknown): parsed is Head {
  if (typeof parsed !== "object" || parsed === null) return false;
  const { slot, segment, frames, hash } = parsed as Partial<Head>; // looked at below
  return typeof slot === "string" && typeof hash === "string" && [segment, frames].every(Number.isSafeInteger);
}

function headOf(files: LedgerFiles, slot: string): Head | undefined {
  const { folder } = files;
  const last = segmentsOf(folder, slot).at(-1);
  if (last === undefined) return undefined;
  const flushed = readFlushed(join(folder, slot));
  const at = positionAt(files, { slot, segment: flushed?.segment ?? last }, flushed?.offset);
  return { slot, segment: at.segment, frames: at.frame, hash: hex(at.hash) };
}

/** The position at `offset`, or where the whole frames end; found by the hashes alone, without opening a frame. */
export function positionAt({ key, folder }: LedgerFiles, place: Place, offset: number | undefined): Position {
  const { bytes } = readSegment(key, folder, place);
  let at = firstPosition(place.segment, bytes.subarray(0, SEGMENT_HEADER_BYTES));
  while (offset === undefined || at.offset < offset) {
    const frame = wholeFrame(bytes, at.offset);
    if (frame === undefined || !follows(at, frame)) break;
    at = after(at, frame);
  }
  if (offset !== undefined && at.offset !== offset)
    throw new TrailDamaged(place, at.frame, "the chain is broken, or is cut off");
  return at;
}

function follows(at: Position, frame: Buffer): boolean {
  try {
    checkFollows(at, frame);
    return true;
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) return false;
    throw thrown;
  }
}
