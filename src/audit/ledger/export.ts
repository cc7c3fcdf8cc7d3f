import type { Anchor } from "./anchor.js";
import type { Ledger } from "./ledger.js";
import type { Filter, Mark, TrailPage } from "./page.js";

/**
 * Gives the lines of an export (docs/formats/audit-export.md): what was asked, the anchor, and page by page the
 * records with the page's proof. Throws where the trail is damaged: an export vouches for being whole.
 */
export async function* exportTrail(ledger: Ledger, filter: Filter, now: Date): AsyncGenerator<string> {
  yield JSON.stringify({ kind: "export", format: "strongroom-export/1", filter });
  const anchor = await ledger.anchor(now);
  yield JSON.stringify({ kind: "anchor", anchor });
  for (const slot of await ledger.slots()) {
    let [start, page]: [Mark | undefined, TrailPage | undefined] = [undefined, undefined];
    do {
      page = await ledger.page({ slot, filter, ...(start && { start }) });
      if (page.damage !== null) throw new Error(page.damage);
      yield* page.lines;
      if (page.proof !== null) yield JSON.stringify({ kind: "page", proof: page.proof });
      start = page.proof?.end;
    } while (!page.isLast && !isBehind(anchor, slot, start));
  }
}

/** What was written after the anchor need not be followed: a busy trail would never end. */
function isBehind(anchor: Anchor, slot: string, end: Mark | undefined): boolean {
  const head = anchor.slots.find((each) => each.slot === slot);
  if (head === undefined || end === undefined) return true;
  return end.segment > head.segment || (end.segment === head.segment && end.frame >= head.frames);
}
