import { noteBytes, s3Audit } from "../audit.js";
import { checkRead } from "../conditions.js";
import { parseCustomerKey } from "../customer-key.js";
import { openDataKey, refuseUnlessApplicable } from "../data-key.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { openBody, selectBytes } from "../object-read.js";
import { operation } from "../ports.js";
import { readAnswer, readConditions } from "../read-answer.js";
import { readShortBody } from "../short-body.js";
import { needsReadable } from "../storage-class.js";

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
    const selected = selectBytes(ports, object, input, ctx.headers["if-range"]);
    const selection = selected instanceof Promise ? await selected : selected;

    // In the caller's name, before a single header is sent.
    const key = await openDataKey(ctx, ports, target.bucket, object, customerKey);
    const body =
      (await readShortBody(ports, key, object, selection.span)) ?? (await openBody(ports, key, object, selection.span));
    noteBytes(ctx, "Out", selection.span.bytes);
    return readAnswer(ctx, ports, target, object, input, selection, customerKey, body);
  },
});
