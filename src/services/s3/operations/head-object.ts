import { s3Audit } from "../audit.js";
import { checkRead } from "../conditions.js";
import { parseCustomerKey } from "../customer-key.js";
import { proveKey } from "../data-key.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { selectBytes } from "../object-read.js";
import { operation } from "../ports.js";
import { readAnswer, readConditions } from "../read-answer.js";

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
    const selected = selectBytes(ports, object, input, ctx.headers["if-range"]);
    const selection = selected instanceof Promise ? await selected : selected;
    const wantsChecksum = input.ChecksumMode === "ENABLED";
    await proveKey(ctx, ports, target.bucket, object, customerKey, wantsChecksum);
    return readAnswer(ctx, ports, target, object, input, selection, customerKey);
  },
});
