import { LIMITS } from "../../../base/index.js";
import type { Check } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import { copied } from "../body.js";
import type { ChecksumAlgorithm } from "../checksums.js";
import type { EncryptionPlan } from "../encryption.js";
import { errors } from "../errors.js";
import { type ObjectTarget, readChecks, removeBlobs } from "../object.js";
import { objectCheck } from "../policy.js";
import type { S3Ports } from "../ports.js";
import {
  type Annotation,
  type Bucket,
  type NewAnnotation,
  type StoredObject,
  selectAnnotations,
} from "../store/index.js";
import { noAnnotationsUnderCustomersKeys } from "./parent.js";
import { readAnnotation } from "./read.js";
import { writeAnnotation } from "./write.js";

const HEADER = "x-amz-object-annotation-directive";

/** What a copy takes along: all of them, unless it says otherwise. */
export async function annotationsToCopy(
  ports: S3Ports,
  { object }: ObjectTarget,
  directive: string | undefined,
): Promise<readonly Annotation[]> {
  if (directive !== undefined && directive !== "COPY" && directive !== "EXCLUDE")
    throw errors.invalidArgument("Unknown annotation directive.", HEADER, directive.slice(0, 200));
  return object === undefined || directive === "EXCLUDE" ? [] : annotationsOf(ports, object);
}

export const annotationsOf = (ports: S3Ports, { bodyId }: Pick<StoredObject, "bodyId">): Promise<Annotation[]> =>
  ports.database.read((tx) => selectAnnotations(tx, bodyId, { prefix: "", after: "", limit: LIMITS.s3Annotations }));

/** An object without annotations is copied without these permissions. */
export async function annotationChecks(
  ctx: RequestContext,
  ports: S3Ports,
  annotations: readonly Annotation[],
  source: ObjectTarget,
  destination: { readonly bucket: Bucket; readonly key: string },
): Promise<Check[]> {
  if (annotations.length === 0) return [];
  return [
    ...(await readChecks(ctx, ports, source, "GetObjectAnnotation")),
    objectCheck(ports, destination.bucket, destination.key, "PutObjectAnnotation"),
  ];
}

/** Nothing is dropped without a word: what cannot be taken along is to be excluded. */
export function refuseUncopyable(annotations: readonly Annotation[], plan: EncryptionPlan): void {
  if (annotations.length > 0 && plan.mode === "SSE-C") throw noAnnotationsUnderCustomersKeys();
}

/**
 * Seals every annotation anew for the copy, one after the other. At the end the source has the same ones still: what is
 * made is all that there was at that moment. When it throws, nothing is left behind.
 */
export async function copyAnnotations(
  ctx: RequestContext,
  ports: S3Ports,
  annotations: readonly Annotation[],
  source: { readonly bucket: Bucket; readonly object: StoredObject },
  destination: {
    readonly bucket: Bucket;
    readonly key: string;
    readonly bodyId: string;
    readonly plan: EncryptionPlan;
    /** Undefined: each keeps its own. */
    readonly algorithm: ChecksumAlgorithm | undefined;
  },
): Promise<readonly NewAnnotation[]> {
  if (annotations.length === 0) return [];
  const plan = destination.plan.mode === "none" ? ({ mode: "AES256", isDefault: true } as const) : destination.plan;
  const made: NewAnnotation[] = [];
  try {
    for (const annotation of annotations) {
      const text = await readAnnotation(ctx, ports, source.bucket, annotation);
      const { bytes, checksum } = annotation.piece;
      const parent = { key: destination.key, bodyId: destination.bodyId, plan };
      const algorithm = destination.algorithm ?? checksum.algorithm;
      const { body, done } = asSource(text, bytes);
      made.push(
        await writeAnnotation(ctx, ports, destination.bucket, parent, annotation.name, body, { algorithm }).finally(
          done,
        ),
      );
    }
    const now = await annotationsOf(ports, source.object);
    if (now.map(({ bodyId }) => bodyId).join() !== annotations.map(({ bodyId }) => bodyId).join())
      throw errors.slowDown();
    return made;
  } catch (thrown) {
    await removeBlobs(
      ports,
      made.map(({ piece }) => piece.blob),
    );
    throw thrown;
  }
}

/** A text that was read as what is to be written; `done` when it was, or was not. */
export const asSource = (text: Awaited<ReturnType<typeof readAnnotation>>, bytes: number) => ({
  body: copied(Buffer.isBuffer(text) ? one(text) : text, bytes),
  done: () => (Buffer.isBuffer(text) ? undefined : text.return()),
});

async function* one(text: Buffer): AsyncGenerator<Buffer> {
  yield text;
}
