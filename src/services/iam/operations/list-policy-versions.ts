import { policyVersionsOf } from "../../../identity/index.js";
import { pageOfList } from "../pages.js";
import { aboutPolicy, existingPolicy } from "../policies.js";
import { operation } from "../ports.js";

/** Newest first. */
export const listPolicyVersions = operation("ListPolicyVersions", {
  ...aboutPolicy("iam:ListPolicyVersions"),
  run: (_ctx, input, ok, { database }) => {
    const policy = existingPolicy(ok.target);
    return database.read(async (tx) => {
      const versions = (await policyVersionsOf(tx, policy)).map((version, at) => ({ version, at }));
      // A policy never has more than a handful of versions, so one digit orders them.
      const { items, end } = pageOfList(`versions:${policy.id}`, versions, input, ({ at }) => String(at));
      const shown = items.map(({ version: { version, createdAt } }) => ({
        VersionId: version,
        IsDefaultVersion: version === policy.defaultVersion,
        CreateDate: createdAt,
      }));
      return { Versions: shown, ...end };
    });
  },
});
