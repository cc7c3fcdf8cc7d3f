import { request } from "node:http";
import * as sdk from "@aws-sdk/client-s3";
import { signRequest } from "../../../src/identity/index.js";
import { awsOperations } from "../aws-operations.js";
import type { Canaries } from "../canaries.js";
import type { KeyUse, PreparedUse, ServiceRow, Stage } from "../row.js";
import { body, PART_BYTES, registers } from "./s3-registers.js";

export const s3: ServiceRow = {
  id: "s3",

  async plantCanaries(stage, canaries) {
    const { root, account } = stage;
    const text = (field: string) => canaries.text(`s3 ${field}`);
    const Bucket = text("bucket name");
    await root.s3.send(new sdk.CreateBucketCommand({ Bucket }));
    await root.s3.send(
      new sdk.PutBucketTaggingCommand({
        Bucket,
        Tagging: { TagSet: [{ Key: text("bucket tag key"), Value: text("bucket tag value") }] },
      }),
    );
    await root.s3.send(
      new sdk.PutBucketPolicyCommand({
        Bucket,
        Policy: bucketPolicy(Bucket, `arn:aws:iam::${account}:root`, text("Sid")),
      }),
    );
    const described = (of: string) => ({
      Key: text(`${of} key`),
      Metadata: { [text(`${of} metadata name`)]: text(`${of} metadata value`) },
      Tagging: `${text(`${of} tag key`)}=${text(`${of} tag value`)}`,
      ContentType: `text/${text(`${of} content type`)}`,
      ContentDisposition: text(`${of} disposition`),
      ContentLanguage: text(`${of} language`),
      ContentEncoding: text(`${of} encoding`),
      CacheControl: text(`${of} cache control`),
    });
    const bodies: [string, number, object][] = [
      ["empty", 0, {}],
      ["small", 100, {}],
      ["sealed in segments", 200_000, {}],
      ["small under a KMS key", 100, { ServerSideEncryption: "aws:kms" }],
      ["large under a KMS key", 200_000, { ServerSideEncryption: "aws:kms", BucketKeyEnabled: true }],
    ];
    for (const [name, bytes, more] of bodies) {
      const put = { Bucket, ...described(name), Body: canaries.body(`s3 body, ${name}`, bytes), ...more };
      await root.s3.send(new sdk.PutObjectCommand(put));
      await body(stage, Bucket, put.Key);
    }
    const { Tagging: _, ...source } = described("copied");
    await root.s3.send(new sdk.PutObjectCommand({ Bucket, ...source, Body: canaries.body("s3 body, copied", 70_000) }));
    await root.s3.send(
      new sdk.CopyObjectCommand({
        Bucket,
        ...described("copy"),
        CopySource: `${Bucket}/${source.Key}`,
        MetadataDirective: "REPLACE",
        TaggingDirective: "REPLACE",
      }),
    );
    await root.s3.send(
      new sdk.PutObjectTaggingCommand({
        Bucket,
        Key: source.Key,
        Tagging: { TagSet: [{ Key: text("late tag key"), Value: text("late tag value") }] },
      }),
    );
    for (const [name, bytes] of [
      ["short", 100],
      ["long", 100_000],
    ] as const) {
      const annotation = {
        Bucket,
        Key: source.Key,
        AnnotationName: text(`${name} annotation's name`),
        AnnotationPayload: canaries.body(`s3 annotation, ${name}`, bytes),
      };
      await root.s3.send(new sdk.PutObjectAnnotationCommand(annotation));
    }
    await plantParts(stage, canaries, { Bucket, ...described("multipart") }, true);
    await plantParts(stage, canaries, { Bucket, ...described("unfinished") }, false);
    await root.s3.send(
      new sdk.ListObjectsV2Command({
        Bucket,
        Prefix: text("prefix"),
        StartAfter: text("start"),
        Delimiter: text("delimiter"),
      }),
    );
    await root.s3.send(new sdk.GetObjectCommand({ Bucket, Key: text("missing key") })).catch(() => {});
    await root.s3
      .send(
        new sdk.PutObjectCommand({
          Bucket,
          Key: text("refused key"),
          Body: canaries.body("s3 body, refused", 200_000),
          ChecksumSHA256: Buffer.alloc(32).toString("base64"),
        }),
      )
      .catch(() => {});
    await beginUpload(stage, Bucket, text("cut key"), canaries.body("s3 body, cut off", 3_000_000));
  },

  operations: awsOperations("s3", sdk, (clients) => clients.s3, {
    needNoPermission: {},
    elsewhere: ["ListDirectoryBuckets", "WriteGetObjectResponse"],
    refusesInside: {
      DeleteObjects: (answer) => {
        const { Deleted, Errors } = answer as sdk.DeleteObjectsOutput; // it is this operation's answer
        return Deleted === undefined && Errors?.length === 1 && Errors[0]?.Code === "AccessDenied";
      },
    },
    async inputs({ root, account }) {
      const [Bucket, Key] = ["victim-bucket", "victim"];
      await root.s3.send(new sdk.CreateBucketCommand({ Bucket }));
      await root.s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body: "x", Tagging: "a=b" }));
      const { UploadId } = await root.s3.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key: "in-parts" }));
      const Tagging = { TagSet: [{ Key: "a", Value: "b" }] };
      await root.s3.send(new sdk.PutBucketTaggingCommand({ Bucket, Tagging }));
      const upload = { UploadId, Key: "in-parts" };
      return {
        members: {
          Bucket,
          Key,
          PartNumber: 1,
          CopySource: `${Bucket}/${Key}`,
          Delete: { Objects: [{ Key }] },
          AnnotationName: "note",
          ObjectAttributes: ["ETag"],
          Policy: bucketPolicy(Bucket, `arn:aws:iam::${account}:root`, "Changed"),
          Tagging,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
          PublicAccessBlockConfiguration: { BlockPublicAcls: true },
        },
        optional: {
          Prefix: "a/",
          Delimiter: "/",
          MaxKeys: 5,
          ServerSideEncryption: "AES256",
          ObjectOwnership: "BucketOwnerEnforced",
          VersionId: "null",
        },
        operations: {
          CreateBucket: { Bucket: "fresh-bucket" },
          PutObject: { Body: "x" },
          PutObjectAnnotation: { AnnotationPayload: "x" },
          UploadPart: { ...upload, Body: "x" },
          UploadPartCopy: upload,
          ListParts: upload,
          AbortMultipartUpload: upload,
          CompleteMultipartUpload: { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: '"x"' }] } },
        },
      };
    },
  }),

  registers,

  keyUses: [
    objectUse("GetObject", ["s3:GetObject"], {}, (Bucket) => new sdk.GetObjectCommand({ Bucket, Key: "object" })),
    objectUse(
      "GetObject with a bucket key",
      ["s3:GetObject"],
      { BucketKeyEnabled: true },
      (Bucket) => new sdk.GetObjectCommand({ Bucket, Key: "object" }),
    ),
    objectUse(
      "GetObject of a range",
      ["s3:GetObject"],
      {},
      (Bucket) => new sdk.GetObjectCommand({ Bucket, Key: "object", Range: "bytes=1-2" }),
    ),
    objectUse(
      "PutObject",
      ["s3:PutObject"],
      {},
      (Bucket) => new sdk.PutObjectCommand({ Bucket, Key: "written", Body: "x" }),
    ),
    objectUse(
      "CopyObject",
      ["s3:GetObject", "s3:PutObject", "s3:GetObjectAnnotation", "s3:PutObjectAnnotation"],
      {},
      (Bucket) => new sdk.CopyObjectCommand({ Bucket, Key: "copied", CopySource: `${Bucket}/object` }),
    ),
    objectUse(
      "PutObjectAnnotation",
      ["s3:PutObjectAnnotation"],
      {},
      (Bucket) => new sdk.PutObjectAnnotationCommand({ Bucket, ...ANNOTATION, AnnotationPayload: "x" }),
    ),
    objectUse(
      "GetObjectAnnotation",
      ["s3:GetObjectAnnotation"],
      {},
      (Bucket) => new sdk.GetObjectAnnotationCommand({ Bucket, ...ANNOTATION }),
    ),
  ],
};

const bucketPolicy = (Bucket: string, principal: string, Sid: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid,
        Effect: "Allow",
        Principal: { AWS: principal },
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      },
    ],
  });

/** One upload in parts: its last part small, and completed or left lying. */
async function plantParts(
  { root }: Stage,
  canaries: Canaries,
  described: sdk.CreateMultipartUploadCommandInput,
  complete: boolean,
): Promise<void> {
  const { Bucket, Key } = described;
  const { UploadId } = await root.s3.send(new sdk.CreateMultipartUploadCommand(described));
  const Parts: sdk.CompletedPart[] = [];
  for (const [index, bytes] of (complete ? [PART_BYTES, 1000] : [100_000]).entries()) {
    const PartNumber = index + 1;
    const Body = canaries.body(`s3 part ${PartNumber}`, bytes);
    const { ETag } = await root.s3.send(new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  if (!complete) return;
  await root.s3.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}

/** A presigned upload that never ends: what came of it so far lies with the server when it is killed. */
async function beginUpload({ root }: Stage, Bucket: string, Key: string, bytes: Buffer): Promise<void> {
  const unsigned = {
    method: "PUT",
    path: `/${Bucket}/${Key}`,
    headers: { "content-length": String(bytes.length * 2) },
  };
  const { endpoint, credentials } = root.s3.config;
  const at = await endpoint?.();
  const host = `${at?.hostname}:${at?.port}`;
  const headers = signRequest({
    ...unsigned,
    headers: { host, ...unsigned.headers },
    payloadHash: "UNSIGNED-PAYLOAD",
    region: "us-east-1",
    service: "s3",
    credentials: await credentials(),
    date: new Date(),
  });
  const upload = request({ host: at?.hostname, port: at?.port, method: "PUT", path: unsigned.path, headers });
  upload.on("error", () => {}); // the server is killed under it
  await new Promise<void>((resolve) => upload.write(bytes, () => resolve()));
}

let buckets = 0;

const ANNOTATION = { Key: "object", AnnotationName: "note" };

type ObjectCommand =
  | sdk.GetObjectCommand
  | sdk.PutObjectCommand
  | sdk.CopyObjectCommand
  | sdk.PutObjectAnnotationCommand
  | sdk.GetObjectAnnotationCommand;

/** A use of one object in a bucket of its own whose default is this key. */
function objectUse(
  name: string,
  actions: readonly string[],
  more: { readonly BucketKeyEnabled?: boolean },
  command: (Bucket: string) => ObjectCommand,
): KeyUse {
  const prepare = async ({ root }: Stage, KMSMasterKeyID: string): Promise<PreparedUse> => {
    const Bucket = `uses-${++buckets}`;
    await root.s3.send(new sdk.CreateBucketCommand({ Bucket }));
    await root.s3.send(
      new sdk.PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID }, ...more }],
        },
      }),
    );
    await root.s3.send(new sdk.PutObjectCommand({ Bucket, Key: "object", Body: "content" }));
    await root.s3.send(new sdk.PutObjectAnnotationCommand({ Bucket, ...ANNOTATION, AnnotationPayload: "content" }));
    return {
      use: async ({ s3: client }) => {
        const answer = await client.send(command(Bucket) as sdk.GetObjectCommand); // one of five, sent alike
        const { AnnotationPayload } = answer as sdk.GetObjectAnnotationCommandOutput; // if it is that one
        await (answer.Body ?? AnnotationPayload)?.transformToString();
      },
      admit: (principalArn) =>
        root.s3.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy: bucketPolicy(Bucket, principalArn, "Admit") })),
    };
  };
  return { name: `s3 ${name}`, actions, prepare };
}
