import { LIMITS } from "../../../base/index.js";
import type { AnyOperation, RequestBody, RequestContext } from "../../../kit/index.js";
import { accessErrors } from "../access-errors.js";
import { errors } from "../errors.js";
import { INLINE_BYTES } from "../piece-writer.js";
import type { S3Ports } from "../ports.js";
import { postAnswer } from "../post-answer.js";
import { type ByteRange, checkPostPolicy } from "../post-policy.js";
import { putObject } from "./put-object.js";

interface PostInput {
  readonly Bucket: string;
  readonly Key: string;
}

interface PostTarget {
  /** The same request, as the PUT sees it: its body bounded by the form's policy. */
  readonly ctx: RequestContext;
  readonly ofPut: unknown;
}

/** An upload by a browser's form: PutObject, once its fields are held against the policy that was signed with them. */
export function postObject(ports: S3Ports): AnyOperation {
  const put = putObject(ports);
  return {
    ...put,
    name: "PostObject",
    target: async (ctx, input) => {
      const { Bucket: bucket, Key: key } = input as PostInput; // decoded as PutObject's
      const form = ctx.form ?? new Map<string, string>();
      if (!form.has("key")) throw accessErrors.missingPostField("key");
      if (key === "") throw errors.invalidArgument("User key must have a length greater than 0.", "key", "");
      const range = form.has("policy")
        ? checkPostPolicy(form, { bucket, key, nowMs: ctx.clock.nowMs() })
        : { least: 0, most: Number.MAX_SAFE_INTEGER };
      const bounded = { ...ctx, body: ctx.body && (await measured(boundedBody(ctx.body, range))) };
      const target: PostTarget = { ctx: bounded, ofPut: await put.target(bounded, input) };
      return target;
    },
    checks: (_ctx, input, target) => {
      const { ctx, ofPut } = target as PostTarget; // what `target` returned
      return put.checks(ctx, input, ofPut);
    },
    run: async (_ctx, input, ok) => {
      const { ctx, ofPut } = ok.target as PostTarget; // as above
      const output = await put.run(ctx, input, { ...ok, target: ofPut });
      return postAnswer(ctx, input as PostInput, output);
    },
  };
}

/** A small file is read ahead, so that it is stored as any other small body; of a larger one only the bound is known. */
async function measured(body: RequestBody): Promise<RequestBody> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const rest = body[Symbol.asyncIterator]();
  while (bytes <= INLINE_BYTES) {
    const { done, value } = await rest.next();
    if (done) return { ...body, declaredBytes: bytes, [Symbol.asyncIterator]: () => flowing(pieces, undefined) };
    pieces.push(value);
    bytes += value.length;
  }
  return { ...body, mostBytes: LIMITS.s3PutBytes, [Symbol.asyncIterator]: () => flowing(pieces, rest) };
}

async function* flowing(pieces: readonly Buffer[], rest: AsyncIterator<Buffer> | undefined): AsyncGenerator<Buffer> {
  yield* pieces;
  for (let next = await rest?.next(); next && !next.done; next = await rest?.next()) yield next.value;
}

/** Counts what flows. A file that is too large is read to its end, so that its size can be told, but to no other use. */
function boundedBody(body: RequestBody, { least, most }: ByteRange): RequestBody {
  return {
    declaredBytes: undefined,
    trailers: body.trailers,
    async *[Symbol.asyncIterator]() {
      let bytes = 0;
      for await (const piece of body) {
        bytes += piece.length;
        if (bytes > most + MOST_COUNTED_BYTES) break;
        if (bytes <= most) yield piece;
      }
      if (bytes > most) throw errors.entityTooLarge(bytes, most);
      if (bytes < least) throw accessErrors.postTooSmall(bytes, least);
    },
  };
}

const MOST_COUNTED_BYTES = 64 * 1024 * 1024;
