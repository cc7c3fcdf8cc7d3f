import { HOUR_MS, MINUTE_MS } from "../../base/index.js";
import type { Worker } from "../../kit/index.js";
import { removeBlobs } from "./object.js";
import type { S3Ports } from "./ports.js";
import { forgetRemovals, hasUnseenRemovals, removalsDue, stampRemovals } from "./store/index.js";

/** Whoever began to read a body before it went has this long to end; a later reading breaks off. */
const SPARED_MS = HOUR_MS;
const BLOBS_A_PAGE = 200;

/** Removes the blobs of bodies in parts that went. What is removed is forgotten afterwards: safe to kill and to repeat. */
export const removalWorker = (ports: S3Ports): Worker => ({
  name: "s3.removals",
  everyMs: 5 * MINUTE_MS,
  run: async (now) => {
    const { database } = ports;
    for (;;) {
      const due = await database.read((tx) => removalsDue(tx, now.getTime() - SPARED_MS, BLOBS_A_PAGE));
      if (due.length === 0) break;
      await removeBlobs(ports, due);
      await database.write((tx) => forgetRemovals(tx, due));
    }
    if (await database.read(hasUnseenRemovals)) await database.write((tx) => stampRemovals(tx, now.getTime()));
  },
});
