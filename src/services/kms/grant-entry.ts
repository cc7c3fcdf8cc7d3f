import type { GrantListEntry } from "@aws-sdk/client-kms";
import { partitionOf } from "../../base/index.js";
import { type Grant, keyArn } from "../../kms/index.js";
import { wireConstraints } from "./grant-input.js";

/** A grant as ListGrants and ListRetirableGrants tell it (kms G-20). */
export function grantEntry(grant: Grant): GrantListEntry {
  const { grantee, retiring, key } = grant;
  const constraints = wireConstraints(grant.constraints);
  return {
    KeyId: keyArn(key),
    GrantId: grant.id,
    Name: grant.name,
    CreationDate: grant.createdAt,
    GranteePrincipal: grantee.name,
    ...(grantee.isService ? { GranteeServicePrincipal: grantee.name } : {}),
    ...(retiring === undefined ? {} : retiringMember(retiring)),
    IssuingAccount: `arn:${partitionOf(key.region)}:iam::${grant.issuingAccount}:root`,
    Operations: [...grant.operations] as GrantListEntry["Operations"], // checked by the decoder when it was made
    ...(Object.keys(constraints).length === 0 ? {} : { Constraints: constraints }),
  };
}

const retiringMember = ({ name, isService }: NonNullable<Grant["retiring"]>) =>
  isService ? { RetiringServicePrincipal: name } : { RetiringPrincipal: name };
