import { aclMembers } from "../acl.js";
import { s3Audit } from "../audit.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { aclOfObject } from "../object-acl.js";
import { operation } from "../ports.js";

export const getObjectAcl = operation("GetObjectAcl", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObjectAcl"),
  run: async (_ctx, _input, { target }, ports) =>
    aclMembers(await aclOfObject(ports, target.bucket, getExisting(target))),
});
