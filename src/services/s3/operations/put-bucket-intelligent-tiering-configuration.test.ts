import { putContract } from "../configurations/kept-contract.js";

const tier = (AccessTier: string, Days?: number) => ({ AccessTier, Days });

await putContract("intelligentTiering", (sample) => [
  [sample({ Status: "On" }), "MalformedXML"],
  [sample({ Status: undefined }), "MalformedXML"],
  [sample({ Tierings: [] }), "MalformedXML"],
  [sample({ Tierings: [tier("GLACIER", 90)] }), "MalformedXML"],
  [sample({ Tierings: [tier("ARCHIVE_ACCESS")] }), "MalformedXML"],
  [sample({ Tierings: [tier("ARCHIVE_ACCESS", 90), tier("ARCHIVE_ACCESS", 91)] }), "MalformedXML"],
  [sample({ Tierings: [tier("ARCHIVE_ACCESS", 89)] }), "InvalidArgument"],
  [sample({ Tierings: [tier("DEEP_ARCHIVE_ACCESS", 179)] }), "InvalidArgument"],
  [sample({ Tierings: [tier("ARCHIVE_ACCESS", 731)] }), "InvalidArgument"],
]);
