import type { CreateTrailCommandInput } from "@aws-sdk/client-cloudtrail";
import type { RequestContext } from "../../../kit/index.js";
import { checkDestination } from "../destination.js";
import { errors } from "../errors.js";
import { trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { findTrail, putTrail, trailsOf } from "../store.js";
import { parseTags, requestTagValues } from "../tags.js";
import { checkName, checkPlace, type Trail, trailMembers } from "../trail.js";
import { refuseTargets } from "../unsupported.js";

const MOST_TRAILS = 5;

export const createTrail = operation("CreateTrail", {
  audit: { response: (output) => ({ ...output }) },
  checks: (ctx, input, _target, ports) => {
    checkName(input.Name);
    return trailChecks(ctx, ports, input.Name, "CreateTrail", requestTagValues(input.TagsList ?? []));
  },
  run: async (ctx, input, _ok, ports) => {
    const asked = newTrail(ctx, input);
    refuseTargets(input);
    checkPlace(asked.bucket, asked.prefix);
    const kmsKeyId = await checkDestination(ports, asked, input.KmsKeyId || undefined);
    const trail = kmsKeyId === undefined ? asked : { ...asked, kmsKeyId };
    await ctx.commit(ports.database, async (tx) => {
      const { account, region, name } = trail;
      if ((await findTrail(tx, trail)) !== undefined) throw errors.alreadyExists(name, account);
      // Shadows of multi-Region trails count where they are seen.
      const seen = (await trailsOf(tx, account)).filter((one) => one.region === region || one.isMultiRegion);
      if (seen.length >= MOST_TRAILS) throw errors.tooManyTrails(account, region);
      await putTrail(tx, trail);
    });
    return trailMembers(trail);
  },
});

function newTrail(ctx: RequestContext, input: CreateTrailCommandInput): Trail {
  const isMultiRegion = input.IsMultiRegionTrail ?? false;
  const includesGlobal = input.IncludeGlobalServiceEvents ?? true;
  if (isMultiRegion && !includesGlobal)
    throw errors.parameters("Multi-Region trail must include global service events.");
  return {
    account: ctx.caller.account,
    region: ctx.region,
    name: input.Name ?? "",
    id: ctx.ids.uuid(),
    bucket: input.S3BucketName ?? "",
    prefix: input.S3KeyPrefix ?? "",
    isMultiRegion,
    includesGlobal,
    validates: input.EnableLogFileValidation ?? false,
    recursive: input.RecursiveLogging ?? true,
    intervals: [],
    tags: parseTags(input.TagsList ?? []),
    status: {},
  };
}
