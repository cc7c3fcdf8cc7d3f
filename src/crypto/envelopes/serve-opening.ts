import { parentPort } from "node:worker_threads";
import { needs } from "../../base/index.js";
import { BrokenSeal } from "../broken-seal.js";
import type { FromOpener, ToOpener } from "./opening-messages.js";
import { SegmentOpener } from "./segment-opener.js";

/** The other side of `OpeningThread`: the whole program of its thread. */
export function serveOpening(): void {
  const port = parentPort;
  needs(port !== null, "segments are opened on a thread");
  const streams = new Map<number, SegmentOpener>();
  port.on("message", (message: ToOpener) => {
    if (message.kind === "stream") {
      const { stream, key, header, plaintextBytes } = message;
      streams.set(stream, SegmentOpener.underStreamKey(key, header, plaintextBytes));
    } else if (message.kind === "end") {
      streams.delete(message.stream);
    } else {
      const answer = opened(streams.get(message.stream), message);
      port.postMessage(answer, answer.segments?.map((segment) => segment.buffer) ?? []);
    }
  });
}

function opened(opener: SegmentOpener | undefined, message: Extract<ToOpener, { kind: "run" }>): FromOpener {
  const { run, firstSegment, sealed } = message;
  needs(opener !== undefined, "a run belongs to a stream");
  try {
    return { run, segments: opener.openRun(firstSegment, sealed).map(ownMemory) };
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) return { run };
    throw thrown;
  }
}

/** Memory that the segment has for itself, to be handed over; small ones may lie in a pool and are copied. */
function ownMemory(segment: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = segment;
  const isOwn = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === length;
  return isOwn ? new Uint8Array(buffer) : Uint8Array.from(segment);
}
