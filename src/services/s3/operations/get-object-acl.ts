import { ownerAcl } from "../acl.js";
import { s3Audit } from "../audit.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { operation } from "../ports.js";

export const getObjectAcl = operation("GetObjectAcl", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObjectAcl"),
  run: async (_ctx, _input, { target }) => {
    getExisting(target);
    return ownerAcl(target.bucket.account);
  },
});
