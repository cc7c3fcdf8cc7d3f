import { type Anchor, type Head, isAnchor } from "./anchor.js";
import { digestOf, type ExportedRecord, type Filter, isWithin, type Mark, type PageProof } from "./page.js";
import { isSigned } from "./signed.js";

export interface ExportReport {
  readonly records: number;
  readonly publicKey: string | undefined;
  readonly anchoredAt: string | undefined;
  readonly filter: Filter | undefined;
  readonly findings: readonly string[];
}

/** So much is wrong that more would say nothing new. */
const MOST_FINDINGS = 100;

/**
 * Checks an export without any key: that the house signed each page, that the pages of a slot follow each other from its
 * beginning to the anchored head, that the records are those of their pages, and that they fit the question. A kept
 * anchor pins the house's public key, and its heads must lie on the chain.
 */
export async function checkExport(lines: AsyncIterable<string>, kept?: Anchor): Promise<ExportReport> {
  const check = new Check(kept);
  for await (const line of lines) check.take(line);
  return check.end();
}

class Check {
  readonly #kept: Anchor | undefined;
  readonly #findings: string[] = [];
  readonly #ends = new Map<string, Mark>();
  readonly #met = new Set<Head>();
  #anchor: Anchor | undefined;
  #filter: Filter | undefined;
  #records = 0;
  #line = 0;
  #pending: string[] = [];

  constructor(kept: Anchor | undefined) {
    this.#kept = kept;
  }

  take(line: string): void {
    this.#line += 1;
    const parsed = parsedObject(line);
    // The shapes are what we wrote; whatever was changed since makes a signature or a digest wrong.
    if (parsed === undefined) this.#found("is no JSON object");
    else if (this.#line === 1) this.#begin(parsed as { kind?: string; format?: string; filter?: Filter });
    else if (parsed["kind"] === "anchor") this.#takeAnchor(parsed["anchor"]);
    else if (parsed["kind"] === "page") this.#takePage(parsed["proof"]);
    else this.#takeRecord(line);
  }

  #takeRecord(line: string): void {
    this.#records += 1;
    this.#pending.push(line);
  }

  end(): ExportReport {
    if (this.#pending.length > 0)
      this.#found(`${this.#pending.length} records have no proof behind them: it is cut off`);
    if (this.#anchor === undefined) this.#found("there is no anchor");
    for (const anchor of this.#anchors()) {
      for (const head of anchor.slots.filter((each) => !this.#met.has(each))) {
        this.#found(`slot ${head.slot}: the head that was anchored at ${anchor.time} is not on its chain`);
      }
    }
    return {
      records: this.#records,
      publicKey: this.#anchor?.publicKey,
      anchoredAt: this.#anchor?.time,
      filter: this.#filter,
      findings: this.#findings,
    };
  }

  #anchors(): Anchor[] {
    return [this.#anchor, this.#kept].filter((each) => each !== undefined);
  }

  #begin({ kind, format, filter }: { kind?: string; format?: string; filter?: Filter }): void {
    if (kind !== "export" || format !== "strongroom-export/1" || !filter) this.#found("is not the head of an export");
    this.#filter = filter;
  }

  #takeAnchor(anchor: unknown): void {
    if (!isAnchor(anchor)) {
      this.#found("the anchor's signature is wrong");
      return;
    }
    if (this.#kept !== undefined && anchor.publicKey !== this.#kept.publicKey)
      this.#found("the export is signed with another key than the anchor that was kept");
    this.#anchor = anchor;
  }

  #takePage(given: unknown): void {
    const lines = this.#pending;
    this.#pending = [];
    if (!isProof(given) || given.publicKey !== this.#anchor?.publicKey) {
      this.#found("the page's signature is wrong, or is another's");
      return;
    }
    this.#checkPage(given, lines);
  }

  #checkPage(proof: PageProof, lines: readonly string[]): void {
    if (JSON.stringify(proof.filter) !== JSON.stringify(this.#filter)) this.#found("the page answers another question");
    if (proof.records !== lines.length || proof.digest !== digestOf(lines))
      this.#found(`the records before it are not those of slot ${proof.slot}, ${range(proof)}`);
    this.#follow(proof);
    if (!lines.every((line) => this.#fits(line))) this.#found("a record does not fit the question");
  }

  #follow(proof: PageProof): void {
    const end = this.#ends.get(proof.slot);
    if (end !== undefined && JSON.stringify(end) !== JSON.stringify(proof.start))
      this.#found(`slot ${proof.slot}: a page is missing before ${range(proof)}`);
    if (end === undefined && proof.start.frame !== 0) this.#found(`slot ${proof.slot}: its first page is missing`);
    this.#ends.set(proof.slot, proof.end);
    for (const head of this.#anchors().flatMap((anchor) => anchor.slots)) {
      if (head.slot !== proof.slot) continue;
      if (proof.chain.some(([segment, frames, hash]) => isAt(head, segment, frames, hash))) this.#met.add(head);
    }
  }

  #fits(line: string): boolean {
    const { record } = JSON.parse(line) as ExportedRecord; // its digest was just signed for, or was found wrong
    return this.#filter !== undefined && isWithin(record, this.#filter);
  }

  #found(what: string): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(`line ${this.#line}: ${what}`);
  }
}

const isAt = (head: Head, segment: number, frames: number, hash: string) =>
  head.segment === segment && head.frames === frames && head.hash === hash;

const range = ({ start, end }: PageProof) =>
  `segment ${start.segment}, frame ${start.frame}, to segment ${end.segment}, frame ${end.frame}`;

function isProof(given: unknown): given is PageProof {
  if (typeof given !== "object" || given === null) return false;
  const proof = given as Partial<PageProof>; // looked at below
  if (typeof proof.publicKey !== "string" || typeof proof.signature !== "string") return false;
  return proof.format === "strongroom-trail-page/1" && isSigned(given as PageProof); // what is signed is whole
}

function parsedObject(line: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined; // just looked
  } catch {
    return undefined;
  }
}
