import { putContract } from "../configurations/kept-contract.js";

const exported = (destination: object, schema = "V_1") => ({
  StorageClassAnalysis: {
    DataExport: {
      OutputSchemaVersion: schema,
      Destination: {
        S3BucketDestination: { Format: "CSV", Bucket: "arn:aws:s3:::reports", ...destination },
      },
    },
  },
});

await putContract("analytics", (sample) => [
  [sample({ StorageClassAnalysis: undefined }), "MalformedXML"],
  [sample(exported({}, "V_2")), "MalformedXML"],
  [sample(exported({ Format: "Parquet" })), "MalformedXML"],
  [sample(exported({ Bucket: "reports" })), "InvalidArgument"],
  [sample(exported({ BucketAccountId: "1" })), "InvalidArgument"],
]);
