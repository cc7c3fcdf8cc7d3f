import assert from "node:assert/strict";
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import * as sdk from "@aws-sdk/client-s3";
import type { Clients } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";

/** Found on no disk and in no log. */
export const ANNOTATION_TEXT = "an annotation that nobody finds on the disk; ";
export const ANNOTATION_NAME = "name.that-nobody_finds";

/** Texts in their row and in blobs, beside objects of every mode, through the official client. */
export async function annotationsFollowTheirObject(
  { s3, kms }: Clients,
  Bucket: string,
  underCustomersKey: Partial<sdk.PutObjectCommandInput>,
): Promise<void> {
  const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
  const put = (Key: string, AnnotationName: string, AnnotationPayload: string) =>
    s3.send(new sdk.PutObjectAnnotationCommand({ Bucket, Key, AnnotationName, AnnotationPayload }));
  const get = async (Key: string, AnnotationName: string) => {
    const read = new sdk.GetObjectAnnotationCommand({ Bucket, Key, AnnotationName, ChecksumMode: "ENABLED" });
    return (await s3.send(read)).AnnotationPayload?.transformToString();
  };
  const texts = [
    [`${ANNOTATION_NAME}.long`, ANNOTATION_TEXT.repeat(5000)],
    [`${ANNOTATION_NAME}.short`, ANNOTATION_TEXT],
  ] as const;
  const modes = [
    { ServerSideEncryption: "AES256" },
    { ServerSideEncryption: "aws:kms" },
    { ServerSideEncryption: "aws:kms:dsse", SSEKMSKeyId: KeyId },
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId, BucketKeyEnabled: true },
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId },
  ] as const;
  for (const [at, mode] of modes.entries()) {
    const Key = `annotated-${at}`;
    await s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body: "x", ...mode }));
    for (const [name, text] of texts) {
      const made = await put(Key, name, text);
      assert.deepEqual([made.AnnotationName, made.ServerSideEncryption], [name, mode.ServerSideEncryption]);
      assert.equal(await get(Key, name), text);
    }
    const listed = await s3.send(new sdk.ListObjectAnnotationsCommand({ Bucket, Key }));
    assert.deepEqual(
      listed.Annotations?.map(({ AnnotationName, Size }) => [AnnotationName, Size]),
      texts.map(([name, text]) => [name, text.length]),
    );
    if (!("SSEKMSKeyId" in mode)) continue;
    await kms.send(new DisableKeyCommand({ KeyId }));
    assert.equal(await codeOf(get(Key, texts[0][0])), "KMS.DisabledException");
    assert.equal(await codeOf(put(Key, "more", "x")), "KMS.DisabledException");
    await kms.send(new EnableKeyCommand({ KeyId }));
    assert.equal(await get(Key, texts[1][0]), texts[1][1]);
  }
  const [[AnnotationName]] = texts;
  const Key = `annotated-${modes.length - 1}`;
  await s3.send(new sdk.DeleteObjectAnnotationCommand({ Bucket, Key, AnnotationName }));
  assert.equal(await codeOf(get(Key, AnnotationName)), "NoSuchAnnotation");
  await s3.send(new sdk.PutObjectCommand({ Bucket, Key: "customers", Body: "x", ...underCustomersKey }));
  assert.equal(await codeOf(put("customers", "n", "x")), "InvalidRequest");
}
