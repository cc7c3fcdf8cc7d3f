import { errors } from "../errors.js";
import type { Operation } from "./job.js";

type Grants = NonNullable<NonNullable<Operation["S3PutObjectCopy"]>["AccessControlGrants"]>;

const TYPES = { id: "CanonicalUser", uri: "Group", emailAddress: "AmazonCustomerByEmail" } as const;
const MEMBERS = { id: "ID", uri: "URI", emailAddress: "EmailAddress" } as const;

/** Grants as PutObjectAcl takes them in its body. */
export const listOf = (grants: Grants) =>
  grants.map(({ Grantee: grantee, Permission }) => {
    const type = grantee?.TypeIdentifier ?? "id";
    return { Grantee: { Type: TYPES[type], [MEMBERS[type]]: grantee?.Identifier }, Permission };
  });

const HEADERS = {
  FULL_CONTROL: ["GrantFullControl", "x-amz-grant-full-control"],
  READ: ["GrantRead", "x-amz-grant-read"],
  READ_ACP: ["GrantReadACP", "x-amz-grant-read-acp"],
  WRITE_ACP: ["GrantWriteACP", "x-amz-grant-write-acp"],
} as const;

/** Grants as CopyObject takes them: members, and the headers by which policies know them. */
export function grantHeaders(grants: Grants): { members: Record<string, string>; headers: Record<string, string> } {
  const members: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const { Grantee: grantee, Permission: permission } of grants) {
    if (permission === undefined || permission === "WRITE" || grantee === undefined)
      throw errors.invalidRequest("A grant on an object needs a grantee and a permission of objects.");
    const [member, header] = HEADERS[permission];
    const text = `${grantee.TypeIdentifier}="${(grantee.Identifier ?? "").replaceAll('"', "")}"`;
    const joined = members[member] === undefined ? text : `${members[member]}, ${text}`;
    members[member] = joined;
    headers[header] = joined;
  }
  return { members, headers };
}
