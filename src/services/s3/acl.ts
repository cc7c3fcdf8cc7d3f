import type { AccountId } from "../../base/index.js";
import { AwsError } from "../../base/index.js";
import { errors } from "./errors.js";
import { canonicalUserId } from "./names.js";

/** Canned ACLs that change nothing where the bucket's owner owns everything, which is the only ownership there is yet. */
const HARMLESS = new Set(["private", "bucket-owner-full-control"]);

interface AclInput {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

/** ACLs are off, as in every new bucket of AWS: a request that would share something with one is refused. */
export function refuseAcl(input: AclInput): void {
  const grants = [input.GrantFullControl, input.GrantRead, input.GrantReadACP, input.GrantWriteACP];
  if (grants.every((grant) => grant === undefined) && (input.ACL === undefined || HARMLESS.has(input.ACL))) return;
  throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", { status: 400 });
}

/** The one ACL that is: the owner may do everything. */
export function ownerAcl(account: AccountId) {
  const ID = canonicalUserId(account);
  return {
    Owner: { ID },
    Grants: [{ Grantee: { ID, Type: "CanonicalUser" as const }, Permission: "FULL_CONTROL" as const }],
  };
}

export const ownerOfAccount = (account: AccountId) => ({ ID: canonicalUserId(account) });

/** Ownership other than the owner's alone would bring ACLs back. */
export function refuseOwnership(ownership: string | undefined): void {
  if (ownership === undefined || ownership === "BucketOwnerEnforced") return;
  if (ownership === "BucketOwnerPreferred" || ownership === "ObjectWriter") {
    throw errors.notImplemented(`The object ownership ${ownership} is not implemented here: ACLs are always off.`);
  }
  throw errors.malformedXml();
}
