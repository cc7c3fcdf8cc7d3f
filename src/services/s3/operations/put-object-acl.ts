import { refusePublicAcl } from "../access-block.js";
import { accessErrors } from "../access-errors.js";
import { isPublicAcl } from "../acl.js";
import { cannedObjectAcl, requestedAcl } from "../acl-request.js";
import { s3Audit } from "../audit.js";
import { doerOf, noteChange } from "../changes.js";
import { errors } from "../errors.js";
import { objectArn } from "../names.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { aclOfObject } from "../object-acl.js";
import { hasAcls } from "../ownership.js";
import { operation } from "../ports.js";
import { putObjectAcl as putRow, selectPieces } from "../store/index.js";

export const putObjectAcl = operation("PutObjectAcl", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "PutObjectAcl"),
  run: async (ctx, input, { target }, ports) => {
    const object = getExisting(target);
    const { bucket } = target;
    if (!hasAcls(bucket)) throw accessErrors.aclNotSupported();
    const { owner } = await aclOfObject(ports, bucket, object);
    const acl = await requestedAcl(ports, input, owner, (name) => cannedObjectAcl(name, owner, bucket.account));
    if (isPublicAcl(acl)) refusePublicAcl(ctx, bucket, "s3:PutObjectAcl", objectArn(bucket.name, object.key));
    const doer = doerOf(ctx);
    await ctx.commit(ports.database, async (tx) => {
      // The version may have gone meanwhile, and its body with it: then there is nothing to give.
      if ((await selectPieces(tx, object.bodyId, -1, 1)).length === 0) throw errors.noSuchKey(object.key);
      await putRow(tx, object.bodyId, acl);
      await noteChange(tx, doer, bucket, { event: "ObjectAcl:Put", ...object });
    });
    return {};
  },
});
