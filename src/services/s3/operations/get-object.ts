import { noteBytes, s3Audit } from "../audit.js";
import { checksumMembers } from "../checksums.js";
import { checkRead } from "../conditions.js";
import { parseCustomerKey } from "../customer-key.js";
import { openDataKey, refuseUnlessApplicable } from "../data-key.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { expirationMember } from "../lifecycle/answer.js";
import { findObject, getExisting, objectMembers, readChecks } from "../object.js";
import { lockMembers } from "../object-lock.js";
import { openBody, selectBytes } from "../object-read.js";
import { operation } from "../ports.js";
import { overriddenHeaders, partMembers, readConditions } from "../read-answer.js";
import { readShortBody } from "../short-body.js";
import { needsReadable, restoreMember } from "../storage-class.js";
import { versionMember } from "../versioning.js";

export const getObject = operation("GetObject", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObject"),
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    const customerKey = parseCustomerKey(ctx, ports, input, "read");
    const object = getExisting(target);
    refuseUnlessApplicable(object.encryption, customerKey);
    checkRead(readConditions(input), object, ctx.clock.nowMs());
    needsReadable(object, ctx.clock.nowMs());
    const selection = await selectBytes(ports, object, input, ctx.headers["if-range"]);

    // In the caller's name, before a single header is sent.
    const key = await openDataKey(ctx, ports, target.bucket, object, customerKey);
    const body =
      (await readShortBody(ports, key, object, selection.span)) ?? (await openBody(ports, key, object, selection.span));
    noteBytes(ctx, "Out", selection.span.bytes);
    const wantsChecksum = input.ChecksumMode === "ENABLED" && selection.contentRange === undefined;
    return {
      ...objectMembers(object, customerKey),
      ...versionMember(target.bucket, object),
      ...lockMembers(ctx, ports, target),
      ...restoreMember(object, ctx.clock.nowMs()),
      ...(target.asked === undefined ? expirationMember(target.bucket, object) : {}),
      ...overriddenHeaders(ctx, input),
      ...(wantsChecksum ? checksumMembers(object.checksum) : {}),
      ...partMembers(object, selection, input.ChecksumMode),
      ContentLength: selection.span.bytes,
      ContentRange: selection.contentRange,
      TagCount: object.tags.length > 0 ? object.tags.length : undefined,
      Body: body as never, // the client's type of a body is its own stream; the wire takes bytes and any async iterable
    };
  },
});
