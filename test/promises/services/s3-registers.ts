import * as sdk from "@aws-sdk/client-s3";
import type { Register, Stage } from "../row.js";
import { newKey } from "./kms.js";

export const PART_BYTES = 5 * 1024 * 1024;
const PARTED_BYTES = PART_BYTES + 1000;
const SIZES = [200, 40_000, 300_000];

/** Objects of all sizes, in one piece and in parts, that are overwritten, moved, deleted and tagged. */
export async function registers(stage: Stage): Promise<readonly Register[]> {
  const Bucket = "registers";
  const SSEKMSKeyId = await newKey(stage);
  await stage.root.s3.send(new sdk.CreateBucketCommand({ Bucket }));
  const underKey = { ServerSideEncryption: "aws:kms", SSEKMSKeyId } as const;
  return [
    ...[0, 1, 2].map((i) => objectRegister(`s3 object ${i}`, Bucket, `object-${i}`, i === 0 ? underKey : {})),
    multipart(Bucket),
    moving(Bucket),
    tagging(Bucket),
  ];
}

export async function body({ root }: Stage, Bucket: string, Key: string): Promise<string> {
  const { Body } = await root.s3.send(new sdk.GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString("latin1")) ?? "";
}

/** A body that tells its value at every place, of a size that follows from it. */
function bodyOf(value: string, bytes?: number): string {
  const size = bytes ?? SIZES[[...value].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % SIZES.length] ?? 0;
  const line = `${value};`;
  return line.repeat(Math.ceil(size / line.length));
}

/** The value that the whole body tells; anything else is torn. */
function valueIn(text: string): string {
  const value = text.slice(0, text.indexOf(";"));
  return [bodyOf(value), bodyOf(value, PARTED_BYTES)].includes(text) ? value : `torn: ${text.length} bytes`;
}

function objectRegister(name: string, Bucket: string, Key: string, more: Partial<sdk.PutObjectCommandInput>): Register {
  return {
    name,
    write: async ({ root }, value) => {
      await root.s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body: bodyOf(value), ...more }));
    },
    read: async (stage) => valueIn(await body(stage, Bucket, Key)),
  };
}

function multipart(Bucket: string): Register {
  const Key = "in-parts";
  return {
    name: "s3 object in parts",
    write: async ({ root }, value) => {
      const text = bodyOf(value, PARTED_BYTES);
      const { UploadId } = await root.s3.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key }));
      const part = async (PartNumber: number, Body: string) => {
        const made = await root.s3.send(new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
        return { PartNumber, ETag: made.ETag };
      };
      const Parts = [await part(1, text.slice(0, PART_BYTES)), await part(2, text.slice(PART_BYTES))];
      await root.s3.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    },
    read: async (stage) => valueIn(await body(stage, Bucket, Key)),
  };
}

/** Each value has a key of its own; the one before is deleted: the listing, the newest object and nothing else. */
function moving(Bucket: string): Register {
  const Prefix = "moving/";
  const listed = async ({ root }: Stage) => {
    const { Contents } = await root.s3.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
    return (Contents ?? []).map((object) => object.Key ?? "").sort();
  };
  return {
    name: "s3 object that moves",
    isTold: true,
    write: async (stage, value) => {
      const before = await listed(stage);
      await stage.root.s3.send(new sdk.PutObjectCommand({ Bucket, Key: Prefix + value, Body: bodyOf(value) }));
      for (const Key of before) await stage.root.s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
    },
    read: async (stage) => {
      const newest = (await listed(stage)).at(-1);
      if (newest === undefined) return undefined;
      const value = valueIn(await body(stage, Bucket, newest));
      return newest === Prefix + value ? value : `${newest} holds ${value}`;
    },
  };
}

function tagging(Bucket: string): Register {
  const Key = "tagged";
  let made = false;
  return {
    name: "s3 object tags",
    write: async ({ root }, Value) => {
      if (!made) await root.s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body: "x" }));
      made = true;
      const Tagging = { TagSet: [{ Key: "register", Value }] };
      await root.s3.send(new sdk.PutObjectTaggingCommand({ Bucket, Key, Tagging }));
    },
    read: async ({ root }) => {
      const { TagSet } = await root.s3.send(new sdk.GetObjectTaggingCommand({ Bucket, Key }));
      return TagSet?.[0]?.Value;
    },
  };
}
