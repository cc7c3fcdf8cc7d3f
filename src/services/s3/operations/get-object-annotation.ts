import { parentVersionMember } from "../annotations/parent.js";
import { readAnnotation } from "../annotations/read.js";
import { noteBytes, s3Audit } from "../audit.js";
import { checksumMembers } from "../checksums.js";
import { encryptionMembers } from "../encryption.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { selectAnnotation } from "../store/index.js";

export const getObjectAnnotation = operation("GetObjectAnnotation", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObjectAnnotation"),
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    const object = getTagged(target, "GET");
    const name = input.AnnotationName ?? "";
    const annotation = await ports.database.read((tx) => selectAnnotation(tx, object.bodyId, name));
    if (annotation === undefined) throw errors.noSuchAnnotation(name);
    const text = await readAnnotation(ctx, ports, target.bucket, annotation);
    const { piece, encryption, replication } = annotation;
    noteBytes(ctx, "Out", piece.bytes);
    return {
      AnnotationPayload: text as never, // the client's type of a body is its own stream; the wire takes bytes and any async iterable
      ...parentVersionMember(target.bucket, object),
      LastModified: new Date(piece.modifiedMs),
      ContentLength: piece.bytes,
      ETag: `"${piece.etag}"`,
      ...(input.ChecksumMode === "ENABLED" ? checksumMembers({ ...piece.checksum, type: "FULL_OBJECT" }) : {}),
      ServerSideEncryption: encryptionMembers(encryption).ServerSideEncryption,
      ReplicationStatus: replication,
    };
  },
});
