import { type AccountId, type Arn, AwsError, type Region } from "../base/index.js";
import type { KeyId } from "./key.js";

/** A second name of a key in its own account and Region. */
export interface Alias {
  readonly account: AccountId;
  readonly region: Region;
  /** With its prefix: `alias/payroll`. */
  readonly name: string;
  readonly keyId: KeyId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const RESERVED_ALIAS = "alias/aws/";

const GUIDE = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";

/** What the model does not say of alias names that callers make, change or delete (kms O-14, O-15). */
export function checkAliasName(name: string): void {
  if (!name.startsWith("alias/") || name === "alias/") {
    throw validation(`Alias must start with the prefix "alias/". Please see ${GUIDE}`);
  }
  if (name.startsWith(RESERVED_ALIAS)) throw new AwsError("NotAuthorizedException");
  if (name.includes(":")) throw validation(`${name} contains invalid characters for an alias`);
}

export function checkAliasTarget(target: string): void {
  if (/^(alias\/|arn:[^:]*:kms:[^:]*:[^:]*:alias\/)/.test(target)) {
    throw validation("Aliases must refer to keys. Not aliases");
  }
}

export const aliasTaken = (arn: Arn): AwsError =>
  new AwsError("AlreadyExistsException", `An alias with the name ${arn} already exists`);

const validation = (message: string) => new AwsError("ValidationException", message);
