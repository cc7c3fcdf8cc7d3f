import type { Region } from "../../../base/index.js";
import type { Check } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  accountCheck,
  addTagValues,
  checkTags,
  finishNow,
  type Key,
  keyArn,
  keyMetadata,
  type LoadedKey,
  otherRegionEvent,
  parseRegion,
  refuseReplication,
  refuseSameRegion,
  replicateKey as replicate,
  sibling,
  specValues,
  type Tag,
} from "../../../kms/index.js";
import { lowerNames, parameters } from "../audit.js";
import { bypassValues } from "../bypass.js";
import { firstPolicy } from "../first-policy.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";
import { tagsOf, wireTag } from "../tags.js";

const action = "kms:ReplicateKey";

interface Target {
  readonly loaded: LoadedKey;
  readonly region: Region;
  readonly tags: readonly Tag[];
}

type Input = Parameters<Parameters<typeof operation<"ReplicateKey", Target>>[1]["run"]>[1];

export const replicateKey = operation("ReplicateKey", {
  target: async (ctx, input, kms) => {
    const tags = tagsOf(input.Tags);
    checkTags(tags);
    const region = parseRegion(input.ReplicaRegion, ctx.region);
    return { loaded: await ownKey(kms, ctx, input.KeyId, action), region, tags };
  },
  checks: async (ctx, input, target, kms) => {
    const values = new Map([["kms:replicaregion", target.region], ...bypassValues(input)]);
    return [...(await askKey(kms, ctx, target.loaded, { action, values })), ...replicaChecks(ctx, input, target)];
  },
  run: async (ctx, input, ok, kms) => {
    const { loaded, region, tags } = ok.target;
    refuseReplication(loaded.key);
    refuseSameRegion(loaded.key, region);
    const policy = await firstPolicy(kms, ctx, sibling(loaded.key, region), input, replicaValues(input, ok.target));
    const made = { region, description: input.Description ?? "", tags, policy };
    const event = (replica: Key) => otherRegionEvent(ctx, replica, created(input, replica), kms.ids.uuid());
    const replica = await replicate(kms, loaded.key, made, event, (unit) => ctx.commit(kms.database, unit));
    await finishNow(kms, replica);
    // As AWS tells it: the replica as it was born, without material. It is ready when the answer is there.
    return { ReplicaKeyMetadata: keyMetadata(replica), ReplicaPolicy: policy.text, ReplicaTags: tags.map(wireTag) };
  },
  audit: {
    request: (input) => parameters(input, { BypassPolicyLockoutSafetyCheck: false, Description: "" }),
    response: ({ ReplicaKeyMetadata, ReplicaPolicy, ReplicaTags }) => ({
      replicaKeyMetadata: lowerNames(ReplicaKeyMetadata ?? {}),
      replicaPolicy: ReplicaPolicy,
      replicaTags: (ReplicaTags ?? []).map((tag) => lowerNames(tag)),
    }),
  },
});

/** In the replica's Region identity policies alone decide, as for any key that is made there (kms M-5). */
function replicaChecks(ctx: RequestContext, input: Input, target: Target): Check[] {
  const values = replicaValues(input, target);
  const { region } = target;
  const create = { ...accountCheck(ctx, "kms:CreateKey", values), region };
  if (target.tags.length === 0) return [create];
  const arn = keyArn(sibling(target.loaded.key, region));
  return [create, { ...accountCheck(ctx, "kms:TagResource", values, arn), region }];
}

function replicaValues(input: Input, { loaded, tags }: Target) {
  const { spec, usage, origin } = loaded.key;
  const values = new Map<string, string | readonly string[]>([
    ...specValues(spec, usage, origin, "REPLICA"),
    ...bypassValues(input),
  ]);
  addTagValues(values, tags);
  return values;
}

/** The CreateKey that the replica's Region sees. */
const created = (input: Input, replica: Key) => ({
  eventName: "CreateKey",
  requestParameters: parameters({
    Policy: input.Policy,
    Description: replica.description,
    KeySpec: replica.spec,
    KeyUsage: replica.usage,
    Origin: replica.origin,
    BypassPolicyLockoutSafetyCheck: input.BypassPolicyLockoutSafetyCheck ?? false,
    MultiRegion: true,
    Tags: input.Tags,
  }),
  responseElements: { keyMetadata: lowerNames(keyMetadata(replica)) },
});
