import { describeThrown, HOUR_MS, MINUTE_MS } from "../../base/index.js";
import type { Worker } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { removeBlobs } from "./object.js";
import type { S3Ports } from "./ports.js";
import { allRemovals, forgetRemovals, hasUnseenRemovals, removalsDue, stampRemovals } from "./store/index.js";

/** Whoever began to read a body before it went has this long to end; a later reading breaks off. */
const SPARED_MS = HOUR_MS;
const BLOBS_A_PAGE = 200;

/** Removes the blobs of bodies in parts that went. What is removed is forgotten afterwards: safe to kill and to repeat. */
export const removalWorker = (ports: S3Ports): Worker => ({
  name: "s3.removals",
  everyMs: 5 * MINUTE_MS,
  run: async (now) => {
    const { database } = ports;
    await removeAll(ports, (tx) => removalsDue(tx, now.getTime() - SPARED_MS, BLOBS_A_PAGE));
    if (await database.read(hasUnseenRemovals)) await database.write((tx) => stampRemovals(tx, now.getTime()));
  },
});

/** The disk is full: nobody is spared who still reads what went. Says whether anything was there to be removed. */
export const makeRoom = (ports: S3Ports): Promise<boolean> =>
  removeAll(ports, (tx) => allRemovals(tx, BLOBS_A_PAGE)).catch((thrown: unknown) => {
    ports.log.warn("s3.no-room", describeThrown(thrown));
    return false;
  });

async function removeAll(ports: S3Ports, next: (tx: ReadTx) => Promise<string[]>): Promise<boolean> {
  for (let any = false; ; any = true) {
    const blobs = await ports.database.read(next);
    if (blobs.length === 0) return any;
    await removeBlobs(ports, blobs);
    await ports.database.write((tx) => forgetRemovals(tx, blobs));
  }
}
