import type { RequestContext } from "../../../kit/index.js";
import { openDataKey } from "../data-key.js";
import { openBody } from "../object-read.js";
import type { S3Ports } from "../ports.js";
import { wholeOf } from "../range.js";
import { readShortBody } from "../short-body.js";
import type { Annotation, Bucket } from "../store/index.js";

/** The text of an annotation: its data key opened in the caller's name, before a byte of it is given. */
export async function readAnnotation(ctx: RequestContext, ports: S3Ports, bucket: Bucket, annotation: Annotation) {
  const key = await openDataKey(ctx, ports, bucket, annotation, undefined);
  const body = { ...annotation, annotation, bytes: annotation.piece.bytes, parts: 0 };
  const whole = wholeOf(body.bytes);
  return (await readShortBody(ports, key, body, whole)) ?? (await openBody(ports, key, body, whole));
}
