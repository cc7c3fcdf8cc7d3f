import { s3Audit } from "../audit.js";
import { checksumMembers, partChecksumMembers } from "../checksums.js";
import { parseCustomerKey } from "../customer-key.js";
import { proveKey } from "../data-key.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { type Piece, type StoredObject, selectPieces } from "../store/index.js";
import { versionMember } from "../versioning.js";

const ATTRIBUTES = new Set(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);
const MOST_PARTS = 1000;

export const getObjectAttributes = operation("GetObjectAttributes", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: async (ctx, _input, target, ports) => [
    ...(await readChecks(ctx, ports, target, "GetObject")),
    ...(await readChecks(ctx, ports, target, "GetObjectAttributes")),
  ],
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    const customerKey = parseCustomerKey(ctx, ports, input, "read");
    const wanted = new Set<string>(input.ObjectAttributes);
    const unknown = [...wanted].find((name) => !ATTRIBUTES.has(name));
    if (unknown !== undefined || wanted.size === 0) {
      throw errors.invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", unknown);
    }
    const object = getExisting(target);
    await proveKey(ctx, ports, target.bucket, object, customerKey, wanted.has("Checksum"));
    const showsParts = wanted.has("ObjectParts") && object.parts > 0;
    return {
      LastModified: new Date(object.modifiedMs),
      ...versionMember(target.bucket, object),
      ...(wanted.has("ETag") ? { ETag: object.etag } : {}),
      ...(wanted.has("Checksum") ? { Checksum: checksumMembers(object.checksum) } : {}),
      ...(showsParts
        ? {
            ObjectParts: await partsOf(object, input, (after, limit) =>
              ports.database.read((tx) => selectPieces(tx, object.bodyId, after, limit)),
            ),
          }
        : {}),
      ...(wanted.has("StorageClass") ? { StorageClass: object.headers.storageClass as "STANDARD" } : {}), // one of S3's classes
      ...(wanted.has("ObjectSize") ? { ObjectSize: object.bytes } : {}),
    };
  },
});

interface PageInput {
  readonly MaxParts?: number | undefined;
  readonly PartNumberMarker?: string | undefined;
}

/** S3 lists the parts one by one only where each has a checksum that counts: in composite checksums. */
async function partsOf(
  object: StoredObject,
  input: PageInput,
  read: (after: number, limit: number) => Promise<Piece[]>,
) {
  const { checksum, parts } = object;
  if (checksum.type !== "COMPOSITE") return { TotalPartsCount: parts };
  const limit = Math.min(input.MaxParts ?? MOST_PARTS, MOST_PARTS);
  const after = Number(input.PartNumberMarker ?? 0);
  const pieces = await read(after, limit + 1);
  const shown = pieces.slice(0, limit);
  return {
    TotalPartsCount: parts,
    MaxParts: limit,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(shown[shown.length - 1]?.part ?? 0),
    IsTruncated: pieces.length > limit,
    Parts: shown.map((piece) => ({
      PartNumber: piece.part,
      Size: piece.bytes,
      ...partChecksumMembers(piece.checksum.algorithm, piece.checksum.value),
    })),
  };
}
