import { directory, wholeSeconds } from "../../../identity/index.js";
import { checkManagedDocument } from "../documents.js";
import { limitExceeded } from "../errors.js";
import { aboutPolicy, changePolicy } from "../policies.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { responseElements } from "../trail.js";

export const createPolicyVersion = operation("CreatePolicyVersion", {
  ...aboutPolicy("iam:CreatePolicyVersion"),
  run: (ctx, input, ok, ports) => {
    checkManagedDocument(input.PolicyDocument);
    return changePolicy(ctx, ports, ok, async (tx, policy) => {
      const most = QUOTAS.VersionsPerPolicy;
      if ((await directory.policyVersions(tx, policy.id)).length >= most)
        throw limitExceeded(
          `A managed policy can have up to ${most} versions. Before you create a new version, you must delete an existing version.`,
        );
      const versionsMade = policy.versionsMade + 1;
      const version = `v${versionsMade}`;
      const isDefault = input.SetAsDefault === true;
      const document = input.PolicyDocument;
      await directory.insertPolicyVersion(tx, {
        policyId: policy.id,
        version,
        document,
        createdAt: wholeSeconds(ctx.time),
      });
      const defaultVersion = isDefault ? version : policy.defaultVersion;
      await directory.updateManagedPolicy(tx, {
        ...policy,
        versionsMade,
        defaultVersion,
        updatedAt: wholeSeconds(ctx.time),
      });
      return { PolicyVersion: { VersionId: version, IsDefaultVersion: isDefault, CreateDate: wholeSeconds(ctx.time) } };
    });
  },
  audit: { response: responseElements },
});
