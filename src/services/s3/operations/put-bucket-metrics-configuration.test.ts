import { putContract } from "../configurations/kept-contract.js";

const ACCESS_POINT = "arn:aws:s3:us-east-1:111122223333:accesspoint/point";

await putContract("metrics", (sample) => [
  [sample({ Filter: { AccessPointArn: ACCESS_POINT } }), "NotImplemented"],
  [sample({ Filter: { And: { Prefix: "a", AccessPointArn: ACCESS_POINT } } }), "NotImplemented"],
]);
