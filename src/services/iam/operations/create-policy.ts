import { globalArn } from "../../../base/index.js";
import { directory, type ManagedPolicy, wholeSeconds } from "../../../identity/index.js";
import { checkManagedDocument } from "../documents.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { showPolicy } from "../policies.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { parseTags, requestTagValues, someTags } from "../tags.js";
import { responseElements } from "../trail.js";

export const createPolicy = operation("CreatePolicy", {
  checks: (ctx, input) => {
    const arn = globalArn("iam", ctx.caller.account, `policy${input.Path ?? "/"}${input.PolicyName}`);
    const tagValues = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreatePolicy", arn, tagValues);
    return tagValues.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagPolicy", arn, tagValues)];
  },

  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const { PolicyName: name, Path: path = "/", PolicyDocument: document } = input;
    const tags = parseTags(input.Tags, "keep-case");
    checkManagedDocument(document);
    return ctx.commit(database, async (tx) => {
      const { policies } = await directory.counts(tx, account);
      if (policies >= QUOTAS.PoliciesPerAccount) throw exceeds("PoliciesPerAccount", QUOTAS.PoliciesPerAccount);
      const policy: ManagedPolicy = {
        account,
        id: ctx.ids.unique("ANPA"),
        name,
        path,
        arn: globalArn("iam", account, `policy${path}${name}`),
        ...(input.Description === undefined ? {} : { description: input.Description }),
        defaultVersion: "v1",
        versionsMade: 1,
        createdAt: wholeSeconds(ctx.time),
        updatedAt: wholeSeconds(ctx.time),
        tags,
      };
      const taken = `A policy called ${name} already exists. Duplicate names are not allowed.`;
      await unlessTaken(taken, directory.insertManagedPolicy(tx, policy, document));
      return { Policy: { ...(await showPolicy(tx, account, policy)), ...someTags(tags) } };
    });
  },

  audit: { response: responseElements },
});
