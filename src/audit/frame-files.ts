import type { SealingKey } from "../crypto/index.js";
import type { Place } from "./frame.js";
import type { ReadableSegment } from "./readable-segment.js";
import { openSegment } from "./segment-file.js";

/**
 * Frames of a trail by their places, in any order; the last segment of each slot stays open, so that neighbours cost
 * little. For one question: whoever made it closes it.
 */
export class FrameFiles {
  readonly #folder: string;
  readonly #key: SealingKey;
  readonly #open = new Map<string, { readonly segment: number; readonly file: ReadableSegment }>();

  constructor(folder: string, key: SealingKey) {
    this.#folder = folder;
    this.#key = key;
  }

  /** The records of the frame that begins there. Throws TrailDamaged, BrokenSeal. */
  recordsAt(place: Place, start: number): readonly string[] {
    return this.#fileOf(place).recordsAt(start);
  }

  close(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
  }

  #fileOf({ slot, segment }: Place): ReadableSegment {
    const open = this.#open.get(slot);
    if (open?.segment === segment) return open.file;
    open?.file.close();
    this.#open.delete(slot);
    const file = openSegment(this.#key, this.#folder, { slot, segment });
    this.#open.set(slot, { segment, file });
    return file;
  }
}
