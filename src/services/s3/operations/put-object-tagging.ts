import { s3Audit } from "../audit.js";
import { findObject, getExisting, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { updateTags } from "../store/index.js";
import { parseTagSet } from "../tagging.js";

export const putObjectTagging = operation("PutObjectTagging", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "PutObjectTagging"),
  run: async (ctx, input, { target }, ports) => {
    const object = getExisting(target);
    const tags = parseTagSet(input.Tagging.TagSet, "object");
    await ctx.commit(ports.database, (tx) => updateTags(tx, object, tags));
    return {};
  },
});
