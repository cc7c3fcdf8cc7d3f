import { globalArn } from "../../../base/index.js";
import { directory, type Role, wholeSeconds } from "../../../identity/index.js";
import { boundaryValues, checkBoundary, showBoundary } from "../boundary.js";
import { checkTrustPolicy } from "../documents.js";
import { checkOn } from "../entities.js";
import { exceeds, validationError } from "../errors.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { SERVICE_ROLE_PATH } from "../protected-roles.js";
import { QUOTAS } from "../quotas.js";
import { briefRole } from "../shown.js";
import { parseTags, requestTagValues, someTags } from "../tags.js";
import { responseElements } from "../trail.js";

const DEFAULT_SESSION_SECONDS = 3600;

export const createRole = operation("CreateRole", {
  checks: (ctx, input) => {
    const arn = globalArn("iam", ctx.caller.account, `role${input.Path ?? "/"}${input.RoleName}`);
    const tagValues = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreateRole", arn, [...boundaryValues(input.PermissionsBoundary), ...tagValues]);
    return tagValues.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagRole", arn, tagValues)];
  },

  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const { RoleName: name, Path: path = "/" } = input;
    if (path.startsWith(SERVICE_ROLE_PATH))
      throw validationError(`The path ${SERVICE_ROLE_PATH} is reserved for services.`);
    const tags = parseTags(input.Tags, "ignore-case");
    return ctx.commit(database, async (tx) => {
      const trustPrincipals = await checkTrustPolicy(tx, input.AssumeRolePolicyDocument);
      await checkBoundary(tx, account, input.PermissionsBoundary);
      const { roles } = await directory.counts(tx, account);
      if (roles >= QUOTAS.RolesPerAccount) throw exceeds("RolesPerAccount", QUOTAS.RolesPerAccount);
      const role: Role = {
        account,
        id: ctx.ids.unique("AROA"),
        name,
        path,
        arn: globalArn("iam", account, `role${path}${name}`),
        createdAt: wholeSeconds(ctx.time),
        tags,
        ...(input.PermissionsBoundary === undefined ? {} : { boundaryArn: input.PermissionsBoundary }),
        trustPolicy: input.AssumeRolePolicyDocument,
        trustPrincipals,
        ...(input.Description === undefined ? {} : { description: input.Description }),
        maxSessionSeconds: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      };
      await unlessTaken(`Role with name ${name} already exists.`, directory.insertRole(tx, role));
      // CreateRole shows less than GetRole: neither description nor maximum session duration.
      return { Role: { ...(await briefRole(tx, role)), ...showBoundary(role.boundaryArn), ...someTags(tags) } };
    });
  },

  audit: { response: responseElements },
});
