import { checkOn, ownValues } from "../entities.js";
import { grantsService } from "../granted-services.js";
import { pageOfList } from "../pages.js";
import { namedSources } from "../policy-origins.js";
import { noSuchSource, principalOfArn } from "../policy-sources.js";
import { operation } from "../ports.js";

/** Which of the policies that speak for a user, group or role allow anything of a service. */
export const listPoliciesGrantingServiceAccess = operation("ListPoliciesGrantingServiceAccess", {
  target: (ctx, input, { database }) => database.read((tx) => principalOfArn(tx, ctx.caller.account, input.Arn)),
  checks: (ctx, input, target) => [
    checkOn(ctx, "iam:ListPoliciesGrantingServiceAccess", input.Arn, ownValues(target?.entity)),
  ],
  run: (_ctx, input, { target }, { database }) =>
    database.read(async (tx) => {
      if (target === undefined) throw noSuchSource(input.Arn);
      const sources = await namedSources(tx, target);
      const all = [...new Set(input.ServiceNamespaces)].map((namespace) => ({
        ServiceNamespace: namespace,
        Policies: sources.filter(({ text }) => grantsService(text, namespace)).map(({ shown }) => shown),
      }));
      const { items, end } = pageOfList(`granting:${input.Arn}`, all, input, (each) => each.ServiceNamespace);
      return { PoliciesGrantingServiceAccess: [...items], ...end };
    }),
});
