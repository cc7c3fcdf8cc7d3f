import { HOUR_MS } from "../../base/index.js";
import type { Worker } from "../../kit/index.js";
import type { S3Ports } from "./ports.js";
import { isNamed } from "./store/index.js";

/** A blob that was not written to for so long is not being written any more. */
const SPARED_MS = 6 * HOUR_MS;
const BLOBS_A_PAGE = 500;

/**
 * Removes blobs that no row names: what a crash left between writing a body and naming it, and what could not be
 * removed after its row was gone. Safe to repeat and to kill: it asks the rows for each blob, after its age.
 */
export const sweepWorker = (ports: S3Ports): Worker => ({
  name: "s3.sweep",
  everyMs: HOUR_MS,
  run: (now) => sweep(ports, now),
});

export async function sweep(ports: S3Ports, now: Date): Promise<void> {
  let removed = 0;
  for (let after: string | undefined; ; ) {
    const page = await ports.blobs.list(after, BLOBS_A_PAGE);
    for (const blob of page) {
      if (now.getTime() - blob.modifiedAt.getTime() < SPARED_MS) continue;
      if (await ports.database.read((tx) => isNamed(tx, blob.name))) continue;
      await ports.blobs.remove(blob.name);
      removed += 1;
    }
    after = page[page.length - 1]?.name;
    if (page.length < BLOBS_A_PAGE) break;
  }
  if (removed > 0) ports.log.info("s3.swept", { blobs: removed });
}
