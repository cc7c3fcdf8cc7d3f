import { table } from "../../base/index.js";
import type { Extra } from "./types.js";

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Organizations API version 2016-11-28: lengths, ranges and patterns of its model. */
export const ORGANIZATIONS: Extra = table({
  AccountId: { length: [0, 12], pattern: "^\\d{12}$" },
  AccountName: { length: [1, 50], pattern: "[\\u0020-\\u007E]+" },
  ChildId: { length: [0, 100], pattern: "^(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" },
  Content: { length: [1, UNBOUNDED] },
  CreateAccountRequestId: { length: [0, 36], pattern: "^car-[a-z0-9]{8,32}$" },
  Description: { length: [0, 512] },
  DestinationParentId: { length: [0, 100], pattern: "^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" },
  Email: { length: [6, 64], pattern: "[^\\s@]+@[^\\s@]+\\.[^\\s@]+" },
  HandshakeId: { length: [0, 34], pattern: "^h-[0-9a-z]{8,32}$" },
  Id: { pattern: "^rt-[0-9a-z]{8,32}$" },
  Key: { length: [1, 128], pattern: "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$" },
  MaxResults: { range: [1, 20] },
  Name: { length: [1, 128] },
  NextToken: { length: [0, 100000] },
  Notes: { length: [0, 1024] },
  OrganizationalUnitId: { length: [0, 68], pattern: "^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$" },
  ParentHandshakeId: { length: [0, 34], pattern: "^h-[0-9a-z]{8,32}$" },
  ParentId: { length: [0, 100], pattern: "^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" },
  PolicyId: { length: [0, 130], pattern: "^p-[0-9a-zA-Z_]{8,128}$" },
  ResourceId: {
    length: [0, 130],
    pattern:
      "^(r-[0-9a-z]{4,32})|(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})|(^p-[0-9a-zA-Z_]{8,128})|(^rp-[0-9a-zA-Z_]{4,128})|(^rt-[0-9a-zA-Z_]{8,32})$",
  },
  RoleName: { length: [0, 64], pattern: "[\\w+=,.@-]{1,64}" },
  RootId: { length: [0, 34], pattern: "^r-[0-9a-z]{4,32}$" },
  ServicePrincipal: { length: [1, 128], pattern: "[\\w+=,.@-]*" },
  SourceName: { length: [1, 128], pattern: "^[ -~]+$" },
  SourceParentId: { length: [0, 100], pattern: "^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" },
  TagKeys: { each: { length: [1, 128], pattern: "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$" } },
  TargetId: { length: [0, 100], pattern: "^(r-[0-9a-z]{4,32})|(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" },
  Value: { length: [0, 256], pattern: "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$" },
  "PutResourcePolicyRequest.Content": { length: [1, 40000] },
  "HandshakeParty.Id": { length: [1, 64] },
  "UpdateResponsibilityTransferRequest.Name": { length: [1, 128], pattern: "^[ -~]+$" },
});
