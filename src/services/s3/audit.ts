import { table } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";

/** Members that no record shows, because they are keys or a user's own data. */
const HIDDEN = new Set([
  "Body",
  "Metadata",
  "SSECustomerKey",
  "SSECustomerKeyMD5",
  "CopySourceSSECustomerKey",
  "CopySourceSSECustomerKeyMD5",
  "MFA",
]);

/** CloudTrail names what came as a header by that header. */
const NAMES: Readonly<Record<string, string>> = table({
  Bucket: "bucketName",
  Policy: "bucketPolicy",
  ACL: "x-amz-acl",
  BucketKeyEnabled: "x-amz-server-side-encryption-bucket-key-enabled",
  CopySource: "x-amz-copy-source",
  MetadataDirective: "x-amz-metadata-directive",
  SSECustomerAlgorithm: "x-amz-server-side-encryption-customer-algorithm",
  SSEKMSEncryptionContext: "x-amz-server-side-encryption-context",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  ServerSideEncryption: "x-amz-server-side-encryption",
  StorageClass: "x-amz-storage-class",
  Tagging: "x-amz-tagging",
});

/** How S3's records show a request: bucket and key by their names, plain values as they came. */
export const s3Audit = {
  request(input: object): Record<string, unknown> | null {
    let shown: Record<string, unknown> | null = null;
    for (const [name, value] of Object.entries(input)) {
      if (value === undefined || HIDDEN.has(name)) continue;
      shown ??= {};
      shown[NAMES[name] ?? lowerCamel(name)] = value;
    }
    return shown;
  },
};

/** How they show what a batch job has done to one version of an object: no client's request is behind it. */
export const taskAudit = {
  auditRequest: (input: object): Record<string, unknown> => {
    const { Bucket, Key, VersionId } = input as Readonly<Record<string, unknown>>; // a task's own names
    return { bucketName: Bucket, key: Key, ...(VersionId === undefined ? {} : { "x-amz-version-id": VersionId }) };
  },
  auditResponse: () => null,
};

const lowerCamel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export function noteBytes(ctx: RequestContext, direction: "In" | "Out", bytes: number): void {
  ctx.notes.additionalEventData[`bytesTransferred${direction}`] = bytes;
}
