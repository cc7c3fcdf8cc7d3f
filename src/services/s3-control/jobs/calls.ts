import { parseArn } from "../../../base/index.js";
import type { InnerRequest } from "../../../kit/index.js";
import { errors } from "../errors.js";
import { checksumCall } from "./checksum-call.js";
import { copyCall } from "./copy-call.js";
import { listOf } from "./grants.js";
import { type Operation, objectOf, type Task } from "./job.js";

/** One call of S3's for one task. `headers` are what policies may ask about. */
export interface TaskCall extends InnerRequest {
  readonly operation: string;
  readonly input: object;
  /** How a report tells what became of it, where that is more than success or S3's own error. */
  readonly report?: TaskReport;
}

export interface TaskReport {
  /** `ResultMessage` of what S3 answered. */
  readonly succeeded: (output: Readonly<Record<string, unknown>>) => string;
  readonly failed: (error: ReportError, taskId: string) => ReportError;
}

/** As a report's line has it. */
export interface ReportError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** How one task of an operation is called. Throws what CreateJob says of an operation that cannot be. */
export type CallOf = (task: Task) => TaskCall;

/** Every operation that a job may have, by its name in the model; the others are refused. */
export function callOf(operation: Operation): CallOf {
  const { S3PutObjectCopy: copy, S3InitiateRestoreObject: restore, S3PutObjectRetention: retention } = operation;
  if (copy !== undefined) return copyCall(copy);
  if (operation.S3PutObjectAcl !== undefined) return aclCall(operation.S3PutObjectAcl);
  if (operation.S3PutObjectTagging !== undefined) {
    const TagSet = operation.S3PutObjectTagging.TagSet ?? [];
    return (task) => ({ operation: "PutObjectTagging", input: { ...objectOf(task), Tagging: { TagSet } } });
  }
  if (operation.S3DeleteObjectTagging !== undefined)
    return (task) => ({ operation: "DeleteObjectTagging", input: objectOf(task) });
  if (restore !== undefined) return restoreCall(restore);
  if (operation.S3PutObjectLegalHold !== undefined) {
    const LegalHold = { Status: operation.S3PutObjectLegalHold.LegalHold?.Status };
    return (task) => ({ operation: "PutObjectLegalHold", input: { ...objectOf(task), LegalHold } });
  }
  if (retention !== undefined) return retentionCall(retention);
  if (operation.S3UpdateObjectEncryption !== undefined) return encryptionCall(operation.S3UpdateObjectEncryption);
  if (operation.S3ReplicateObject !== undefined)
    return (task) => ({ operation: "InitiateReplication", input: objectOf(task) });
  if (operation.S3ComputeObjectChecksum !== undefined) return checksumCall(operation.S3ComputeObjectChecksum);
  const [name] = Object.keys(operation);
  throw errors.notImplemented(`Batch jobs of the operation ${name} are not implemented here.`);
}

function aclCall({ AccessControlPolicy: policy }: NonNullable<Operation["S3PutObjectAcl"]>): CallOf {
  const canned = policy?.CannedAccessControlList;
  const list = policy?.AccessControlList;
  if ((canned === undefined) === (list === undefined))
    throw errors.invalidRequest("S3PutObjectAcl takes either a canned access control list or one that is written out.");
  if (canned !== undefined) {
    const headers = { "x-amz-acl": canned };
    return (task) => ({ operation: "PutObjectAcl", input: { ...objectOf(task), ACL: canned }, headers });
  }
  const AccessControlPolicy = { Owner: { ID: list?.Owner?.ID }, Grants: listOf(list?.Grants ?? []) };
  return (task) => ({ operation: "PutObjectAcl", input: { ...objectOf(task), AccessControlPolicy } });
}

const TIERS = { BULK: "Bulk", STANDARD: "Standard" } as const;

function restoreCall({
  ExpirationInDays: days,
  GlacierJobTier: tier = "STANDARD",
}: NonNullable<Operation["S3InitiateRestoreObject"]>): CallOf {
  if (days === undefined || days < 1) throw errors.invalidRequest("S3InitiateRestoreObject needs ExpirationInDays.");
  const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: TIERS[tier] } };
  return (task) => ({ operation: "RestoreObject", input: { ...objectOf(task), RestoreRequest } });
}

function retentionCall(asked: NonNullable<Operation["S3PutObjectRetention"]>): CallOf {
  const { Mode, RetainUntilDate } = asked.Retention ?? {};
  // Without both the retention is taken away.
  const Retention = Mode === undefined && RetainUntilDate === undefined ? {} : { Mode, RetainUntilDate };
  const bypass = asked.BypassGovernanceRetention === true ? { BypassGovernanceRetention: true } : {};
  return (task) => ({ operation: "PutObjectRetention", input: { ...objectOf(task), Retention, ...bypass } });
}

function encryptionCall({ ObjectEncryption: wanted }: NonNullable<Operation["S3UpdateObjectEncryption"]>): CallOf {
  const arn = parseArn(wanted?.SSEKMS?.KMSKeyArn ?? "");
  if (arn?.service !== "kms") throw errors.invalidRequest("S3UpdateObjectEncryption needs the ARN of a KMS key.");
  const ObjectEncryption = {
    SSEKMS: { KMSKeyArn: wanted?.SSEKMS?.KMSKeyArn, BucketKeyEnabled: wanted?.SSEKMS?.BucketKeyEnabled ?? false },
  };
  return (task) => ({ operation: "UpdateObjectEncryption", input: { ...objectOf(task), ObjectEncryption } });
}
