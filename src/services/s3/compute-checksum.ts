import { letGo } from "../../base/index.js";
import type { Authorized } from "../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../kit/index.js";
import { taskAudit } from "./audit.js";
import {
  CHECKSUMS,
  type ChecksumAlgorithm,
  type ChecksumType,
  checksumOfParts,
  type Hasher,
  type PartChecksum,
  parseAlgorithm,
  prepareChecksum,
} from "./checksums.js";
import { openDataKey } from "./data-key.js";
import { errors } from "./errors.js";
import { findObject, getExisting, type ObjectInput, type ObjectTarget, readChecks } from "./object.js";
import { piecesOf } from "./object-read.js";
import type { BodyKey } from "./piece-format.js";
import { BodyReader } from "./piece-reader.js";
import type { S3Ports } from "./ports.js";
import { isReadable } from "./storage-class.js";
import type { Piece, StoredObject } from "./store/index.js";

const ACTION = "ComputeObjectChecksum";

interface Input extends ObjectInput {
  readonly ChecksumAlgorithm: string;
  readonly ChecksumType: ChecksumType;
}

/**
 * Reads a version from its first byte to its last and tells its checksum, which nothing keeps: what a batch job does for each
 * of its tasks. It is no operation that a client could call. Archived bytes are read where they lie.
 */
export function computeChecksumOperation(ports: S3Ports): AnyOperation {
  return {
    name: ACTION,
    readOnly: true,
    category: "Data",
    target: (ctx, input) => findObject(ctx, ports, input as Input), // a batch job alone asks for it
    checks: (ctx, _input, target) => checksOf(ctx, ports, target as ObjectTarget), // what `target` found
    run: async (ctx, input, ok: Authorized<unknown>) => {
      const target = ok.target as ObjectTarget; // likewise
      const object = getExisting(target);
      if (object.encryption.mode === "SSE-C")
        throw errors.invalidRequest("SSE-C encryption type is not supported for this operation");
      const { ChecksumAlgorithm, ChecksumType } = input as Input; // likewise
      const algorithm = parseAlgorithm(ChecksumAlgorithm);
      // What was not uploaded in parts has, as all of S3 tells it, a checksum of the whole.
      const type = object.parts === 0 ? "FULL_OBJECT" : ChecksumType;
      const key = await openDataKey(ctx, ports, target.bucket, object, undefined);
      const value = await compute(ports, key, object, algorithm, type);
      return { ETag: object.etag, ChecksumAlgorithm: algorithm, ChecksumType: type, Checksum: value };
    },
    ...taskAudit,
  };
}

/** What is archived is read without being restored, for which the right to restore it is asked. */
async function checksOf(ctx: RequestContext, ports: S3Ports, target: ObjectTarget) {
  const reads = await readChecks(ctx, ports, target, "GetObject");
  const isArchived = target.object !== undefined && !isReadable(target.object, ctx.clock.nowMs());
  return isArchived
    ? [...reads, ...(await readChecks(ctx, ports, { ...target, asked: undefined }, "RestoreObject"))]
    : reads;
}

async function compute(
  ports: S3Ports,
  key: BodyKey,
  object: StoredObject,
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
): Promise<string> {
  await prepareChecksum(algorithm);
  const pieces = await piecesOf(ports, object);
  if (pieces.length === 0) throw errors.slowDown(); // replaced since it was looked up
  const whole: Hasher = CHECKSUMS[algorithm].make();
  const parts: PartChecksum[] = [];
  for (const piece of pieces) {
    const hasher: Hasher = type === "COMPOSITE" ? CHECKSUMS[algorithm].make() : whole;
    await hashPiece(ports, key, object, piece, hasher);
    if (type === "COMPOSITE") parts.push({ value: hasher.digest().toString("base64"), bytes: piece.bytes });
  }
  return type === "COMPOSITE" ? checksumOfParts(algorithm, type, parts).value : whole.digest().toString("base64");
}

async function hashPiece(ports: S3Ports, key: BodyKey, object: StoredObject, piece: Piece, hasher: Hasher) {
  const reader = new BodyReader(ports, key, object, [piece], { first: 0, bytes: piece.bytes });
  try {
    for await (const chunk of reader) {
      hasher.update(chunk);
      letGo(chunk);
    }
  } finally {
    await reader.return();
  }
}
