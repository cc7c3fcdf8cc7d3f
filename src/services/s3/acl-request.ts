import { accessErrors } from "./access-errors.js";
import {
  type Acl,
  GROUP_URIS,
  type Grant,
  type Grantee,
  type Group,
  MOST_GRANTS,
  ownerId,
  type Permission,
  privateAcl,
  toGroup,
  toUser,
} from "./acl.js";
import { errors } from "./errors.js";
import { ANONYMOUS_USER_ID } from "./names.js";
import type { S3Ports } from "./ports.js";

/** The members by which a write says its object's list. */
export interface AclInput {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

const GRANT_HEADERS = [
  ["GrantFullControl", "FULL_CONTROL", "x-amz-grant-full-control"],
  ["GrantRead", "READ", "x-amz-grant-read"],
  ["GrantReadACP", "READ_ACP", "x-amz-grant-read-acp"],
  ["GrantWrite", "WRITE", "x-amz-grant-write"],
  ["GrantWriteACP", "WRITE_ACP", "x-amz-grant-write-acp"],
] as const;

const hasGrants = (input: AclInput): boolean => GRANT_HEADERS.some(([member]) => input[member] !== undefined);

/** A write that says so needs the right to set a list too. */
export const hasAcl = (input: AclInput): boolean => input.ACL !== undefined || hasGrants(input);

/** Canned lists that share nothing, where the bucket's owner owns everything anyway. */
export const isOwnersAlone = (input: AclInput): boolean =>
  !hasGrants(input) && [undefined, "private", "bucket-owner-full-control"].includes(input.ACL);

export function headerGrants(input: AclInput): Grant[] {
  return GRANT_HEADERS.flatMap(([member, permission, header]) => {
    const text = input[member];
    return text === undefined ? [] : parseGrantees(text, header).map((grantee) => ({ grantee, permission }));
  });
}

/** `id="…", uri="…"`, quoted or not. */
function parseGrantees(text: string, header: string): Grantee[] {
  return text.split(",").map((part) => {
    const [, type, value = ""] = /^\s*([A-Za-z]+)\s*=\s*"?([^"]*?)"?\s*$/.exec(part) ?? [];
    if (type === "id") return { kind: "user", id: value };
    if (type === "uri") return { kind: "group", group: parseGroup(value) };
    if (type === "emailAddress") throw accessErrors.emailGrantee();
    throw errors.invalidArgument("Argument format not recognized", header, text);
  });
}

export function parseGroup(uri: string): Group {
  const found = Object.entries(GROUP_URIS).find(([, known]) => known === uri);
  if (!found) throw errors.invalidArgument("Invalid group uri", "uri", uri);
  return found[0] as Group; // the table's own names
}

const CANNED: Readonly<Record<string, (owner: string) => readonly Grant[]>> = {
  private: () => [],
  "public-read": () => [toGroup("AllUsers", "READ")],
  "public-read-write": () => [toGroup("AllUsers", "READ"), toGroup("AllUsers", "WRITE")],
  "authenticated-read": () => [toGroup("AuthenticatedUsers", "READ")],
  "log-delivery-write": () => [toGroup("LogDelivery", "WRITE"), toGroup("LogDelivery", "READ_ACP")],
};

function cannedAcl(name: string | undefined, owner: string, more: Readonly<Record<string, readonly Grant[]>>): Acl {
  // It names an account of AWS's own, which no house has.
  if (name === "aws-exec-read") throw errors.notImplemented("The canned ACL aws-exec-read is not implemented here.");
  const grants = more[name ?? "private"] ?? CANNED[name ?? "private"]?.(owner);
  if (grants === undefined) throw errors.invalidArgument("", "x-amz-acl", name);
  return { owner, grants: [...privateAcl(owner).grants, ...grants] };
}

export const cannedBucketAcl = (name: string | undefined, owner: string): Acl =>
  cannedAcl(name, owner, { "bucket-owner-read": [], "bucket-owner-full-control": [] });

export function cannedObjectAcl(name: string | undefined, owner: string, bucketOwner: string): Acl {
  const give = (permission: Permission) => (owner === bucketOwner ? [] : [toUser(bucketOwner, permission)]);
  return cannedAcl(name, owner, {
    "bucket-owner-read": give("READ"),
    "bucket-owner-full-control": give("FULL_CONTROL"),
  });
}

/** The client's shape of `AccessControlPolicy`. */
export interface AclPolicyInput {
  readonly Owner?: { readonly ID?: string | undefined } | undefined;
  readonly Grants?:
    | readonly {
        readonly Grantee?:
          | {
              readonly Type?: string | undefined;
              readonly ID?: string | undefined;
              readonly URI?: string | undefined;
              readonly EmailAddress?: string | undefined;
            }
          | undefined;
        readonly Permission?: string | undefined;
      }[]
    | undefined;
}

const PERMISSIONS: ReadonlySet<string> = new Set(["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"]);

function bodyGrants(policy: AclPolicyInput, owner: string): Grant[] {
  if (policy.Owner?.ID !== undefined && policy.Owner.ID !== ownerId(owner)) throw errors.accessDenied();
  if (policy.Owner?.ID === undefined) throw accessErrors.malformedAcl();
  return (policy.Grants ?? []).map(({ Grantee: named, Permission: permission }) => {
    if (!named || !PERMISSIONS.has(permission ?? "")) throw accessErrors.malformedAcl();
    return { grantee: bodyGrantee(named), permission: permission as Permission }; // just looked
  });
}

function bodyGrantee(named: NonNullable<NonNullable<AclPolicyInput["Grants"]>[number]["Grantee"]>): Grantee {
  if (named.Type === "AmazonCustomerByEmail" || named.EmailAddress !== undefined) throw accessErrors.emailGrantee();
  if (named.Type === "CanonicalUser" && named.ID !== undefined) return { kind: "user", id: named.ID };
  if (named.Type === "Group" && named.URI !== undefined) return { kind: "group", group: parseGroup(named.URI) };
  throw accessErrors.malformedAcl();
}

/** What PutBucketAcl and PutObjectAcl are given, in one of its three forms. Throws what S3 says of none and of two. */
export async function requestedAcl(
  ports: S3Ports,
  input: AclInput & { readonly AccessControlPolicy?: AclPolicyInput | undefined },
  owner: string,
  canned: (name: string | undefined) => Acl,
): Promise<Acl> {
  const forms = [input.ACL !== undefined, hasGrants(input), input.AccessControlPolicy !== undefined];
  if (forms[0] && forms[1]) throw accessErrors.bothAclForms();
  if (forms[2] && (forms[0] || forms[1])) throw accessErrors.unexpectedContent();
  if (!forms.includes(true)) throw accessErrors.missingSecurityHeader("x-amz-acl");
  const acl = forms[0]
    ? canned(input.ACL)
    : { owner, grants: forms[1] ? headerGrants(input) : bodyGrants(input.AccessControlPolicy ?? {}, owner) };
  await checkGrantees(ports, acl);
  return acl;
}

/** Only accounts that are there can be given anything. */
export async function checkGrantees(ports: S3Ports, { owner, grants }: Acl): Promise<void> {
  if (grants.length > MOST_GRANTS) throw accessErrors.malformedAcl();
  const ids = grants.flatMap(({ grantee }) => (grantee.kind === "user" ? [grantee.id] : []));
  const known = new Set([ownerId(owner), ANONYMOUS_USER_ID]);
  if (ids.every((id) => known.has(id))) return;
  for (const account of await ports.accounts()) known.add(ownerId(account));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw errors.invalidArgument("Invalid id", "CanonicalUser/ID", unknown);
}
