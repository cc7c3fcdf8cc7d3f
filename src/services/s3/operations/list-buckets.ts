import { isRegion, pageOf, parseMarker, servedRegions } from "../../../base/index.js";
import { ownerOfAccount } from "../acl.js";
import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { bucketArn } from "../names.js";
import { operation } from "../ports.js";
import { selectBuckets } from "../store/index.js";

const MOST_BUCKETS = 10_000;

export const listBuckets = operation("ListBuckets", {
  audit: s3Audit,
  checks: (ctx) => [
    { action: "s3:ListAllMyBuckets", resource: "*", side: { kind: "none", account: ctx.caller.account } },
  ],
  run: async (ctx, input, _ok, ports) => {
    const { account } = ctx.caller;
    const { Prefix: prefix = "", BucketRegion: region } = input;
    if (region !== undefined && !(isRegion(region) && servedRegions(ctx.region).has(region))) {
      throw errors.invalidArgument(`Argument value ${region} is not a valid AWS Region`, "bucket-region");
    }
    const limit = input.MaxBuckets ?? MOST_BUCKETS;
    if (limit < 1 || limit > MOST_BUCKETS) {
      throw errors.invalidArgument(
        "Argument max-buckets must be an integer between 1 and 10000.",
        "max-buckets",
        String(limit),
      );
    }
    const scope = `s3:ListBuckets:${account}`;
    const after = input.ContinuationToken ? parseMarker(scope, input.ContinuationToken) : "";
    if (after === undefined) {
      throw errors.invalidArgument("The continuation token provided is incorrect", "continuation-token");
    }
    const rows = await ports.database.read((tx) =>
      selectBuckets(tx, account, { prefix, region, after, limit: limit + 1 }),
    );
    // Where a bucket is stands only in the answer of a request that asked for something.
    const asks = [input.Prefix, region, input.MaxBuckets, input.ContinuationToken].some((each) => each !== undefined);
    const page = pageOf(rows, limit, scope, (bucket) => bucket.name);
    return {
      Buckets: page.items.map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.createdMs),
        ...(asks ? { BucketRegion: bucket.region } : {}),
        BucketArn: bucketArn(bucket.name),
      })),
      Owner: ownerOfAccount(account),
      ContinuationToken: page.next,
      ...(input.Prefix === undefined ? {} : { Prefix: prefix }),
    };
  },
});
