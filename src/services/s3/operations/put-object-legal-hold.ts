import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { lockValues, needsLockConfiguration } from "../object-lock.js";
import { operation } from "../ports.js";
import { findVersion, updateLock } from "../store/index.js";

export const putObjectLegalHold = operation("PutObjectLegalHold", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, input, target, ports) =>
    readChecks(
      ctx,
      ports,
      target,
      "PutObjectLegalHold",
      lockValues(ctx, { ObjectLockLegalHoldStatus: input.LegalHold?.Status }),
    ),
  run: async (ctx, input, { target }, ports) => {
    const object = getTagged(target, "PUT");
    needsLockConfiguration(target.bucket);
    const status = input.LegalHold?.Status;
    if (status !== "ON" && status !== "OFF") throw errors.malformedXml();
    await ctx.commit(ports.database, async (tx) => {
      const { object: now } = await findVersion(tx, target.bucket.id, target.key, object.versionId);
      if (now?.bodyId !== object.bodyId) throw errors.noSuchKey(target.key);
      await updateLock(tx, now, { ...now.lock, legalHold: status });
    });
    return {};
  },
});
