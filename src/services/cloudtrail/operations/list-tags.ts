import { errors } from "../errors.js";
import { getTrailOf, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { arnOf } from "../trail.js";

const MOST_RESOURCES = 20;

export const listTags = operation("ListTags", {
  checks: async (ctx, input, _target, ports) => {
    if (input.ResourceIdList.length === 0 || input.ResourceIdList.length > MOST_RESOURCES)
      throw errors.parameters("ResourceIdList has 1 to 20 trails.");
    return (await Promise.all(input.ResourceIdList.map((id) => trailChecks(ctx, ports, id, "ListTags")))).flat();
  },
  run: async (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const ResourceTagList: { ResourceId: string; TagsList: { Key: string; Value: string }[] }[] = [];
      for (const id of input.ResourceIdList) {
        const trail = await getTrailOf(tx, ctx, id);
        ResourceTagList.push({ ResourceId: arnOf(trail), TagsList: [...trail.tags] });
      }
      return { ResourceTagList };
    }),
});
