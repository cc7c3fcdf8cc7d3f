import { LIMITS } from "../../../base/index.js";
import { checkAnnotationPrefix } from "../annotations/names.js";
import { parentVersionMember } from "../annotations/parent.js";
import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { makeToken, parseToken } from "../listing-answer.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { selectAnnotations } from "../store/index.js";

/** Names, sizes and ETags, which need no key. */
export const listObjectAnnotations = operation("ListObjectAnnotations", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "ListObjectAnnotations"),
  run: async (_ctx, input, { target }, ports) => {
    const { bucket } = target;
    const prefix = input.AnnotationPrefix ?? "";
    checkAnnotationPrefix(prefix);
    const limit = parseLimit(input.MaxAnnotationResults);
    const object = getTagged(target, "GET");
    const { ContinuationToken: token } = input;
    const after = token === undefined ? "" : parseToken(bucket, token);
    const found = await ports.database.read((tx) =>
      selectAnnotations(tx, object.bodyId, { prefix, after, limit: limit + 1 }),
    );
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return {
      Bucket: bucket.name,
      Key: object.key,
      ...parentVersionMember(bucket, object),
      ...(input.AnnotationPrefix === undefined ? {} : { AnnotationPrefix: prefix }),
      MaxAnnotationResults: limit,
      AnnotationCount: shown.length,
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(last === undefined ? {} : { NextContinuationToken: makeToken(bucket, last.name) }),
      Annotations: shown.map(({ name, piece, replication }) => ({
        AnnotationName: name,
        LastModified: new Date(piece.modifiedMs),
        Size: piece.bytes,
        ETag: `"${piece.etag}"`,
        ChecksumAlgorithm: [piece.checksum.algorithm],
        ...(replication === undefined ? {} : { ReplicationStatus: replication }),
      })),
    };
  },
});

function parseLimit(asked: number | undefined): number {
  const most = LIMITS.s3Annotations;
  if (asked === undefined) return most;
  if (Number.isInteger(asked) && asked >= 1 && asked <= most) return asked;
  const name = "max-annotation-results";
  throw errors.invalidArgument(`Argument ${name} must be an integer between 1 and ${most}`, name, String(asked));
}
