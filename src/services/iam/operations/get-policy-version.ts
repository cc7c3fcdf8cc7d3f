import { findPolicyVersion } from "../../../identity/index.js";
import { encodeDocument } from "../documents.js";
import { aboutPolicy, noSuchVersion } from "../policies.js";
import { operation } from "../ports.js";

export const getPolicyVersion = operation("GetPolicyVersion", {
  ...aboutPolicy("iam:GetPolicyVersion"),
  run: (_ctx, input, { target }, { database }) =>
    database.read(async (tx) => {
      const policy = target.found;
      const version = policy && (await findPolicyVersion(tx, policy, input.VersionId));
      if (policy === undefined || version === undefined) throw noSuchVersion(target.arn, input.VersionId);
      return {
        PolicyVersion: {
          Document: encodeDocument(version.document),
          VersionId: version.version,
          IsDefaultVersion: version.version === policy.defaultVersion,
          CreateDate: version.createdAt,
        },
      };
    }),
});
