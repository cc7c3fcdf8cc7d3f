import { callerOfArn, findDefaultDocument } from "../../../identity/index.js";
import { checkOn, ownValues } from "../entities.js";
import { inputSources, noSuchSource, type PolicySource, policySources, principalOfArn } from "../policy-sources.js";
import { operation } from "../ports.js";
import { simulate } from "../simulation.js";

/** What a boundary that is gone allows: nothing, as in every decision. */
const NOTHING = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"none:none","Resource":"*"}}';

export const simulatePrincipalPolicy = operation("SimulatePrincipalPolicy", {
  readOnly: true,
  target: (ctx, input, { database }) =>
    database.read((tx) => principalOfArn(tx, ctx.caller.account, input.PolicySourceArn)),
  checks: (ctx, input, target) => [
    checkOn(ctx, "iam:SimulatePrincipalPolicy", input.PolicySourceArn, ownValues(target?.entity)),
  ],
  run: (ctx, input, { target }, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      if (target === undefined) throw noSuchSource(input.PolicySourceArn);
      const caller = await callerOfArn(tx, input.CallerArn ?? input.PolicySourceArn, ctx.clock);
      const isOwn = caller?.account === account; // nobody learns from here what another account has
      const boundaryArn = "boundaryArn" in target.entity ? target.entity.boundaryArn : undefined;
      const own: PolicySource[] =
        boundaryArn === undefined
          ? []
          : [{ id: boundaryArn, type: "user-managed", text: (await findDefaultDocument(tx, boundaryArn)) ?? NOTHING }];
      const given = inputSources("PermissionsBoundaryPolicyInputList", input.PermissionsBoundaryPolicyInputList);
      return simulate(`simulate:${account}`, input, {
        principal: isOwn ? caller.principal : { kind: "user", arn: input.CallerArn ?? "", account },
        values: isOwn ? caller.values : new Map(),
        identity: [...(await policySources(tx, target)), ...inputSources("PolicyInputList", input.PolicyInputList)],
        boundary: given.length > 0 ? given : own,
        serviceControl: ctx.caller.organizations?.of(account)?.serviceControl,
      });
    }),
});
