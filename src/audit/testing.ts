import { Secret } from "../crypto/index.js";
import type { TrailRecord } from "./port.js";

export const testKey = (byte = 3): Secret => Secret.own(Buffer.alloc(32, byte));

const IDENTITY = {
  type: "IAMUser",
  principalId: "AIDAALICEAAAAAAAAAAAA",
  arn: "arn:aws:iam::111122223333:user/alice",
  accountId: "111122223333",
  accessKeyId: "AKIAUSERUSERUSERUSER",
  userName: "alice",
};

const KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** A record as `kms` would make it; each part can be given. */
export function testRecord(eventID: string, parts: Partial<TrailRecord> = {}): TrailRecord {
  return {
    eventVersion: "1.11",
    userIdentity: IDENTITY,
    eventTime: "2026-11-21T09:00:00Z",
    eventSource: "kms.amazonaws.com",
    eventName: "GenerateDataKey",
    awsRegion: "us-east-1",
    sourceIPAddress: "127.0.0.1",
    userAgent: "aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#20",
    requestParameters: { keyId: KEY_ARN, keySpec: "AES_256", encryptionContext: { "aws:s3:arn": "arn:aws:s3:::b/k" } },
    responseElements: null,
    requestID: "00000000-0000-4000-8000-000000000001",
    eventID,
    readOnly: true,
    resources: [{ accountId: "111122223333", type: "AWS::KMS::Key", ARN: KEY_ARN }],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
    tlsDetails: { tlsVersion: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
    ...parts,
  };
}
