import { HOUR_MS } from "../../base/index.js";
import type { Worker } from "../../kit/index.js";
import type { S3Ports } from "./ports.js";
import { unnamedOf } from "./store/index.js";

/** A blob that was not written to for so long is not being written any more: a body that stands still is cut off long before. */
const SPARED_MS = 6 * HOUR_MS;
/** Looked up in one turn of the event loop. */
const BLOBS_A_PAGE = 200;

/**
 * Removes blobs that no row names: what a crash left between writing a body and naming it, and what could not be
 * removed after its row was gone. Safe to repeat and to kill. The rows are asked before the age: what is named in the
 * meantime was written to a moment ago.
 */
export const sweepWorker = (ports: S3Ports): Worker => ({
  name: "s3.sweep",
  everyMs: HOUR_MS,
  run: (now) => sweep(ports, now),
});

export async function sweep(ports: S3Ports, now: Date): Promise<void> {
  const removed = { blobs: 0, bytes: 0 };
  for (let after: string | undefined; ; ) {
    const page = await ports.blobs.list(after, BLOBS_A_PAGE);
    for (const name of await ports.database.read((tx) => unnamedOf(tx, page))) {
      const blob = await ports.blobs.describe(name);
      if (blob === undefined || now.getTime() - blob.modifiedAt.getTime() < SPARED_MS) continue;
      await ports.blobs.remove(name);
      removed.blobs += 1;
      removed.bytes += blob.bytes;
    }
    after = page[page.length - 1];
    if (page.length < BLOBS_A_PAGE) break;
  }
  removed.blobs += await ports.blobs.abandonBefore(new Date(now.getTime() - SPARED_MS));
  if (removed.blobs > 0) ports.log.info("s3.swept", removed);
}
