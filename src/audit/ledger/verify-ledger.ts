import type { Acceptance } from "./acceptance.js";
import type { Anchor, Head } from "./anchor.js";
import type { Ledger } from "./ledger.js";
import type { Mark, TrailPage } from "./page.js";

export interface ChainReport {
  readonly slot: string;
  readonly records: number;
  /** Where the chain begins: later than in segment 1 where older segments expired. Undefined where nothing is whole. */
  readonly begin: Mark | undefined;
  /** Where the whole part ends; undefined where nothing is whole. */
  readonly end: Mark | undefined;
  /** What is wrong, each in a sentence that names slot, segment and frame. */
  readonly findings: readonly string[];
  readonly acceptance: Acceptance | null;
}

/** Walks every chain to its end and holds it against the anchor. A slot of the anchor that is gone has a report too. */
export async function verifyLedger(ledger: Pick<Ledger, "slots" | "page">, anchor?: Anchor): Promise<ChainReport[]> {
  const there = await ledger.slots();
  const heads = new Map(anchor?.slots.map((head) => [head.slot, head]));
  const reports: ChainReport[] = [];
  for (const slot of there) reports.push(await verifyChain(ledger, slot, heads.get(slot), anchor?.publicKey));
  for (const head of heads.values()) {
    if (!there.includes(head.slot)) reports.push(gone(head));
  }
  return reports;
}

const placeOf = ({ segment, frames }: Pick<Head, "segment" | "frames">) => `segment ${segment}, frame ${frames}`;

function gone(head: Head): ChainReport {
  const findings = [`slot ${head.slot} is gone: the anchor knows it up to ${placeOf(head)}`];
  return { slot: head.slot, records: 0, begin: undefined, end: undefined, findings, acceptance: null };
}

async function verifyChain(
  ledger: Pick<Ledger, "page">,
  slot: string,
  head: Head | undefined,
  publicKey: string | undefined,
): Promise<ChainReport> {
  const findings: string[] = [];
  let [records, end, meeting]: [number, Mark | undefined, Meeting] = [0, undefined, "not reached"];
  let begin: Mark | undefined;
  let page: TrailPage;
  do {
    page = await ledger.page({ slot, ...(end && { start: end }) });
    records += page.read;
    if (page.damage !== null) findings.push(page.damage);
    if (page.proof !== null && head !== undefined) meeting = meet(meeting, page.proof.chain, head);
    begin ??= page.proof?.start;
    end = page.proof?.end ?? end;
  } while (!page.isLast);
  if (page.proof !== null && publicKey !== undefined && page.proof.publicKey !== publicKey)
    findings.push(`slot ${slot}: the anchor was signed with another key than this house's`);
  if (head !== undefined) findings.push(...judge(slot, head, meeting, end, page));
  return { slot, records, begin, end, findings, acceptance: page.acceptance };
}

type Meeting = "not reached" | "met" | "another chain" | "before the beginning";

function meet(so: Meeting, chain: readonly (readonly [number, number, string])[], head: Head): Meeting {
  if (so !== "not reached") return so;
  const [first] = chain;
  const same = chain.find(([segment, frames]) => segment === head.segment && frames === head.frames);
  if (same !== undefined) return same[2] === head.hash ? "met" : "another chain";
  return first !== undefined && first[0] > head.segment ? "before the beginning" : "not reached";
}

function judge(slot: string, head: Head, meeting: Meeting, end: Mark | undefined, page: TrailPage): string[] {
  if (meeting === "met" || meeting === "before the beginning") return [];
  if (meeting === "another chain")
    return [`slot ${slot}, ${placeOf(head)}: replaced, this is not the chain that was anchored`];
  if (page.acceptance !== null) return []; // the loss is the one that was accepted, and is told as such
  const reached =
    end === undefined ? "nothing of it is whole" : `it ends at segment ${end.segment}, frame ${end.frame}`;
  return [`slot ${slot}: cut off or rolled back: ${reached}, and the anchor knows it up to ${placeOf(head)}`];
}
