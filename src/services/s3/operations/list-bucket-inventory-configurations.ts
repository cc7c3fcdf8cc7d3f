import { inventoriesOf } from "../inventory/configuration.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

const PAGE = 100;

/** The token is the last id of the page before. */
export const listBucketInventoryConfigurations = operation("ListBucketInventoryConfigurations", {
  ...onBucket("GetInventoryConfiguration"),
  run: async (_ctx, input, { target: bucket }) => {
    const after = Buffer.from(input.ContinuationToken ?? "", "base64url").toString();
    const left = inventoriesOf(bucket).filter(({ Id: id = "" }) => id > after);
    const page = left.slice(0, PAGE);
    const isTruncated = left.length > PAGE;
    return {
      ...(page.length === 0 ? {} : { InventoryConfigurationList: page }),
      IsTruncated: isTruncated,
      ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
      ...(isTruncated ? { NextContinuationToken: Buffer.from(page.at(-1)?.Id ?? "").toString("base64url") } : {}),
    };
  },
});
