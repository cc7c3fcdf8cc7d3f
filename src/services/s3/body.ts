import type { RequestContext } from "../../kit/index.js";
import type { PlaintextSource } from "./piece-writer.js";

/** The body of a request; a request without one carries nothing. */
export const bodyOf = (ctx: RequestContext): PlaintextSource => ctx.body ?? NOTHING;

const NOTHING: PlaintextSource = {
  declaredBytes: 0,
  trailers: {},
  async *[Symbol.asyncIterator]() {},
};

/** Plaintext of the house's own, for copies. */
export function copied(chunks: AsyncIterable<Buffer>, bytes: number): PlaintextSource {
  return { declaredBytes: bytes, trailers: {}, [Symbol.asyncIterator]: () => chunks[Symbol.asyncIterator]() };
}
