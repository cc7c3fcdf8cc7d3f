import { checkDestination } from "../destination.js";
import { errors } from "../errors.js";
import { changeTrail, getOwnTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { checkPlace, type Trail, trailMembers } from "../trail.js";
import { refuseTargets } from "../unsupported.js";

export const updateTrail = operation("UpdateTrail", {
  audit: { response: (output) => ({ ...output }) },
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.Name, "UpdateTrail"),
  run: async (ctx, input, _ok, ports) => {
    refuseTargets(input);
    const change = (trail: Trail): Trail => ({
      ...trail,
      bucket: input.S3BucketName ?? trail.bucket,
      prefix: input.S3KeyPrefix ?? trail.prefix,
      isMultiRegion: input.IsMultiRegionTrail ?? trail.isMultiRegion,
      includesGlobal: input.IncludeGlobalServiceEvents ?? (trail.includesGlobal || input.IsMultiRegionTrail === true),
      validates: input.EnableLogFileValidation ?? trail.validates,
      recursive: input.RecursiveLogging ?? trail.recursive,
    });
    const asked = change(await ports.database.read((tx) => getOwnTrail(tx, ctx, input.Name)));
    if (asked.isMultiRegion && !asked.includesGlobal)
      throw errors.parameters("Multi-Region trail must include global service events.");
    checkPlace(asked.bucket, asked.prefix);
    // An empty key id takes the key away; none leaves it as it is, and its policy is held against the new place too.
    const keyId = input.KmsKeyId === undefined ? asked.kmsKeyId : input.KmsKeyId || undefined;
    const kmsKeyId = await checkDestination(ports, asked, keyId);
    const trail = await changeTrail(ctx, ports, input.Name, (current) => ({ ...change(current), kmsKeyId }));
    return trailMembers(trail);
  },
});
