import { s3Audit } from "../audit.js";
import { checksumMembers } from "../checksums.js";
import { checkRead } from "../conditions.js";
import { parseCustomerKey } from "../customer-key.js";
import { proveKey } from "../data-key.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { expirationMember } from "../lifecycle/answer.js";
import { findObject, getExisting, objectMembers, readChecks } from "../object.js";
import { lockMembers } from "../object-lock.js";
import { selectBytes } from "../object-read.js";
import { operation } from "../ports.js";
import { overriddenHeaders, partMembers, readConditions } from "../read-answer.js";
import { restoreMember } from "../storage-class.js";
import { versionMember } from "../versioning.js";

export const headObject = operation("HeadObject", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObject"),
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    const customerKey = parseCustomerKey(ctx, ports, input, "read");
    const object = getExisting(target, "HEAD");
    checkRead(readConditions(input), object, ctx.clock.nowMs());
    const selection = await selectBytes(ports, object, input, ctx.headers["if-range"]);
    const wantsChecksum = input.ChecksumMode === "ENABLED";
    await proveKey(ctx, ports, target.bucket, object, customerKey, wantsChecksum);
    return {
      ...objectMembers(object, customerKey),
      ...versionMember(target.bucket, object),
      ...lockMembers(ctx, ports, target),
      ...restoreMember(object, ctx.clock.nowMs()),
      ...(target.asked === undefined ? expirationMember(target.bucket, object) : {}),
      ...overriddenHeaders(ctx, input),
      ...(wantsChecksum && selection.contentRange === undefined ? checksumMembers(object.checksum) : {}),
      ...partMembers(object, selection, input.ChecksumMode),
      ContentLength: selection.span.bytes,
      ContentRange: selection.contentRange,
      TagCount: object.tags.length > 0 ? object.tags.length : undefined,
    };
  },
});
