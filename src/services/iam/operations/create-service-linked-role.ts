import { globalArn } from "../../../base/index.js";
import { directory, type Role, UniqueNameTaken, wholeSeconds } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { exceeds, invalidInput } from "../errors.js";
import { operation } from "../ports.js";
import { SERVICE_ROLE_PATH } from "../protected-roles.js";
import { QUOTAS } from "../quotas.js";
import { serviceRoleName } from "../service-roles.js";
import { briefRole } from "../shown.js";
import { responseElements } from "../trail.js";

/** The role trusts its service alone, and nobody but the service may change it. */
export const createServiceLinkedRole = operation("CreateServiceLinkedRole", {
  checks: (ctx, input) => {
    const { AWSServiceName: service } = input;
    const name = serviceRoleName(service, input.CustomSuffix) ?? "*";
    const arn = globalArn("iam", ctx.caller.account, `role${SERVICE_ROLE_PATH}${service}/${name}`);
    return [checkOn(ctx, "iam:CreateServiceLinkedRole", arn, [["iam:awsservicename", service]])];
  },
  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const { AWSServiceName: service, Description: description } = input;
    const name = serviceRoleName(service, input.CustomSuffix);
    if (name === undefined)
      throw invalidInput(`${service} is not a valid service principal for a service-linked role.`);
    return ctx.commit(database, async (tx) => {
      const { roles } = await directory.counts(tx, account);
      if (roles >= QUOTAS.RolesPerAccount) throw exceeds("RolesPerAccount", QUOTAS.RolesPerAccount);
      const path = `${SERVICE_ROLE_PATH}${service}/`;
      const role: Role = {
        account,
        id: ctx.ids.unique("AROA"),
        name,
        path,
        arn: globalArn("iam", account, `role${path}${name}`),
        createdAt: wholeSeconds(ctx.time),
        tags: [],
        trustPolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: [service] } }],
        }),
        trustPrincipals: {},
        ...(description === undefined ? {} : { description }),
        maxSessionSeconds: 3600,
      };
      await directory.insertRole(tx, role).catch((thrown: unknown) => {
        if (!(thrown instanceof UniqueNameTaken)) throw thrown;
        throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`);
      });
      return { Role: await briefRole(tx, role) };
    });
  },
  audit: { response: responseElements },
});
