import { checkOn, ownValues } from "../entities.js";
import { inputSources, noSuchSource, policySources, principalOfArn } from "../policy-sources.js";
import { operation } from "../ports.js";
import { contextKeyNames } from "../simulation.js";

export const getContextKeysForPrincipalPolicy = operation("GetContextKeysForPrincipalPolicy", {
  target: (ctx, input, { database }) =>
    database.read((tx) => principalOfArn(tx, ctx.caller.account, input.PolicySourceArn)),
  checks: (ctx, input, target) => [
    checkOn(ctx, "iam:GetContextKeysForPrincipalPolicy", input.PolicySourceArn, ownValues(target?.entity)),
  ],
  run: (_ctx, input, { target }, { database }) =>
    database.read(async (tx) => {
      if (target === undefined) throw noSuchSource(input.PolicySourceArn);
      const own = await policySources(tx, target);
      const sources = [...own, ...inputSources("PolicyInputList", input.PolicyInputList)];
      return { ContextKeyNames: contextKeyNames(sources) };
    }),
});
