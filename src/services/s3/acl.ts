import type { AccountId } from "../../base/index.js";
import type { PolicyRequest } from "../../policy/index.js";
import { ANONYMOUS_USER_ID, canonicalUserId } from "./names.js";

export type Permission = "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP" | "FULL_CONTROL";
export type Group = "AllUsers" | "AuthenticatedUsers" | "LogDelivery";

export type Grantee =
  | { readonly kind: "user"; readonly id: string }
  | { readonly kind: "group"; readonly group: Group };

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: Permission;
}

/** The list of a bucket or of one object version. It gives; it never takes away. */
export interface Acl {
  /** Whose account owns what the list is of; empty for what an anonymous caller wrote. */
  readonly owner: string;
  readonly grants: readonly Grant[];
}

/** Most grants a list may hold. */
export const MOST_GRANTS = 100;

export const GROUP_URIS: Readonly<Record<Group, string>> = {
  AllUsers: "http://acs.amazonaws.com/groups/global/AllUsers",
  AuthenticatedUsers: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
  LogDelivery: "http://acs.amazonaws.com/groups/s3/LogDelivery",
};

const LOG_DELIVERY = "logging.s3.amazonaws.com";

export const ownerId = (owner: string): string =>
  owner === "" ? ANONYMOUS_USER_ID : canonicalUserId(owner as AccountId); // an account's id, or nobody's

export const ownerOfAccount = (account: AccountId) => ({ ID: canonicalUserId(account) });

export const toUser = (owner: string, permission: Permission): Grant => ({
  grantee: { kind: "user", id: ownerId(owner) },
  permission,
});

export const toGroup = (group: Group, permission: Permission): Grant => ({
  grantee: { kind: "group", group },
  permission,
});

export const privateAcl = (owner: string): Acl => ({ owner, grants: [toUser(owner, "FULL_CONTROL")] });

/** Everybody, or everybody with an account: what Block Public Access calls public. */
export const isPublicAcl = ({ grants }: Acl): boolean =>
  grants.some(({ grantee }) => grantee.kind === "group" && grantee.group !== "LogDelivery");

export const withoutPublicGrants = (acl: Acl): Acl => ({
  ...acl,
  grants: acl.grants.filter((grant) => !isPublicAcl({ owner: acl.owner, grants: [grant] })),
});

/** The actions that a permission on a bucket gives (S3's user guide, "mapping of ACL permissions"). */
const ON_BUCKET: ReadonlyMap<string, Permission> = new Map([
  ["s3:ListBucket", "READ"],
  ["s3:ListBucketVersions", "READ"],
  ["s3:ListBucketMultipartUploads", "READ"],
  ["s3:PutObject", "WRITE"],
  // Of the object that is being written. One that is there has a list of its own, which is asked instead.
  ["s3:PutObjectAcl", "WRITE"],
  ["s3:GetBucketAcl", "READ_ACP"],
  ["s3:PutBucketAcl", "WRITE_ACP"],
]);

/** The same of an object. */
const ON_OBJECT: ReadonlyMap<string, Permission> = new Map([
  ["s3:GetObject", "READ"],
  ["s3:GetObjectVersion", "READ"],
  ["s3:GetObjectAcl", "READ_ACP"],
  ["s3:GetObjectVersionAcl", "READ_ACP"],
  ["s3:PutObjectAcl", "WRITE_ACP"],
  ["s3:PutObjectVersionAcl", "WRITE_ACP"],
]);

type Lists = (request: PolicyRequest) => boolean;

/** What a bucket's list lets a request do. */
export const bucketLists = (acl: Acl): Lists => listsOf(acl, ON_BUCKET);

/** What an object's list lets a request do; an object's owner may do all of it. */
export const objectLists = (acl: Acl): Lists => listsOf(acl, ON_OBJECT);

function listsOf(acl: Acl, actions: ReadonlyMap<string, Permission>): Lists {
  return ({ action, principal }) => {
    const wanted = actions.get(action);
    if (wanted === undefined) return false;
    return acl.grants.some(
      ({ grantee, permission }) =>
        (permission === wanted || permission === "FULL_CONTROL") && isGrantee(grantee, acl.owner, principal),
    );
  };
}

/** A grant to an account speaks to other accounts only: in its own, the account's policies give. */
function isGrantee(grantee: Grantee, owner: string, { kind, account, service }: PolicyRequest["principal"]): boolean {
  if (grantee.kind === "user")
    return account !== "" && account !== owner && kind !== "service" && grantee.id === ownerId(account);
  if (grantee.group === "LogDelivery") return service === LOG_DELIVERY;
  if (kind === "service") return false;
  return grantee.group === "AllUsers" || kind !== "anonymous";
}

/** A list as AWS's operations answer it. */
export const aclMembers = ({ owner, grants }: Acl) => ({
  Owner: { ID: ownerId(owner) },
  Grants: grants.map(({ grantee, permission }) => ({
    Grantee:
      grantee.kind === "user"
        ? { ID: grantee.id, Type: "CanonicalUser" as const }
        : { URI: GROUP_URIS[grantee.group], Type: "Group" as const },
    Permission: permission,
  })),
});
