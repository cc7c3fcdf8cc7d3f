import type { Demands } from "../decoding.js";
import { CLOUDTRAIL } from "./cloudtrail.js";
import { IAM } from "./iam.js";
import { KMS } from "./kms.js";
import { ORGANIZATIONS } from "./organizations.js";
import { S3 } from "./s3.js";
import { STS } from "./sts.js";
import type { Extra } from "./types.js";

const EXTRAS: ReadonlyMap<string, Extra> = new Map([
  ["kms", KMS],
  ["iam", IAM],
  ["sts", STS],
  ["s3", S3],
  ["cloudtrail", CLOUDTRAIL],
  ["organizations", ORGANIZATIONS],
]);

/** A row for one structure's member stands before the row for all members of that name. */
export function demandsOf(service: string): Demands {
  const extra = EXTRAS.get(service) ?? {};
  return {
    constraintOf: (structure, member) => rowIn(extra, `${structure}.${member}`) ?? rowIn(extra, member),
  };
}

const rowIn = (extra: Extra, name: string) => (Object.hasOwn(extra, name) ? extra[name] : undefined);
