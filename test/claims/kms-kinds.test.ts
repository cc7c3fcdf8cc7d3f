import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { after, before, test } from "node:test";
import * as sdk from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { errorOfCall } from "../promises/stage.js";

let server: Server;
let root: Clients;
const folder = newFolder("claims-kinds");

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, workers: 2 });
  root = clientsOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const newKey = async (KeySpec: sdk.KeySpec, KeyUsage: sdk.KeyUsageType): Promise<string> =>
  (await root.kms.send(new sdk.CreateKeyCommand({ KeySpec, KeyUsage }))).KeyMetadata?.Arn ?? "";

const Message = Buffer.from("the message");

test("K8: keys are symmetric, asymmetric or HMAC; services take symmetric ones only and refuse others clearly", async (t) => {
  await t.test("symmetric, asymmetric and HMAC keys of every spec are made; SM2 belongs to other Regions", async () => {
    const specs: [sdk.KeySpec, sdk.KeyUsageType][] = [
      ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"],
      ["RSA_2048", "SIGN_VERIFY"],
      ["RSA_3072", "ENCRYPT_DECRYPT"],
      ["RSA_4096", "SIGN_VERIFY"],
      ["ECC_NIST_P256", "KEY_AGREEMENT"],
      ["ECC_NIST_P384", "SIGN_VERIFY"],
      ["ECC_NIST_P521", "KEY_AGREEMENT"],
      ["ECC_SECG_P256K1", "SIGN_VERIFY"],
      ["ECC_NIST_EDWARDS25519", "SIGN_VERIFY"],
      ["HMAC_224", "GENERATE_VERIFY_MAC"],
      ["HMAC_256", "GENERATE_VERIFY_MAC"],
      ["HMAC_384", "GENERATE_VERIFY_MAC"],
      ["HMAC_512", "GENERATE_VERIFY_MAC"],
      ["ML_DSA_44", "SIGN_VERIFY"],
      ["ML_DSA_65", "SIGN_VERIFY"],
      ["ML_DSA_87", "SIGN_VERIFY"],
      ["ML_KEM_512", "ENCAPSULATE_DECAPSULATE"],
      ["ML_KEM_768", "ENCAPSULATE_DECAPSULATE"],
      ["ML_KEM_1024", "ENCAPSULATE_DECAPSULATE"],
    ];
    for (const [KeySpec, KeyUsage] of specs) {
      const KeyId = await newKey(KeySpec, KeyUsage);
      const { KeyMetadata } = await root.kms.send(new sdk.DescribeKeyCommand({ KeyId }));
      assert.deepEqual([KeyMetadata?.KeySpec, KeyMetadata?.KeyUsage, KeyMetadata?.Enabled], [KeySpec, KeyUsage, true]);
    }
    assert.equal(await codeOf(newKey("SM2", "SIGN_VERIFY")), "UnsupportedOperationException");
  });

  await t.test("a key pair signs inside, and whoever has the public key verifies outside, without asking", async () => {
    const KeyId = await newKey("RSA_2048", "SIGN_VERIFY");
    const signing = { KeyId, Message, SigningAlgorithm: "RSASSA_PSS_SHA_256" } as const;
    const { Signature } = await root.kms.send(new sdk.SignCommand(signing));
    const { PublicKey } = await root.kms.send(new sdk.GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: "der", type: "spki" });
    assert.ok(verify("sha256", Message, { key, padding: 6, saltLength: 32 }, Buffer.from(Signature ?? [])));
    const answer = await root.kms.send(new sdk.VerifyCommand({ ...signing, Signature }));
    assert.equal(answer.SignatureValid, true);
    const wrong = await errorOfCall(
      root.kms.send(new sdk.VerifyCommand({ ...signing, Message: Buffer.from("x"), Signature })),
    );
    assert.equal(wrong?.name, "KMSInvalidSignatureException");
    await root.kms.send(new sdk.DisableKeyCommand({ KeyId }));
    // Verifying needs no secret, but it is a use of the key: on every worker it ends with the others.
    const uses = Array.from({ length: 16 }, () =>
      codeOf(clientsOf(server).kms.send(new sdk.VerifyCommand({ ...signing, Signature }))),
    );
    assert.deepEqual(new Set(await Promise.all(uses)), new Set(["DisabledException"]));
  });

  await t.test("a key does what it was made for and nothing else", async () => {
    const keys = {
      symmetric: await newKey("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
      signer: await newKey("ECC_NIST_P256", "SIGN_VERIFY"),
      hmac: await newKey("HMAC_256", "GENERATE_VERIFY_MAC"),
    };
    const calls = {
      symmetric: (KeyId: string) => root.kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: Message })),
      signer: (KeyId: string) =>
        root.kms.send(new sdk.SignCommand({ KeyId, Message, SigningAlgorithm: "ECDSA_SHA_256" })),
      hmac: (KeyId: string) =>
        root.kms.send(new sdk.GenerateMacCommand({ KeyId, Message, MacAlgorithm: "HMAC_SHA_256" })),
    };
    for (const [made, KeyId] of Object.entries(keys)) {
      for (const [used, call] of Object.entries(calls)) {
        if (made === used) await call(KeyId);
        else assert.equal(await codeOf(call(KeyId)), "InvalidKeyUsageException", `${made} as ${used}`);
      }
    }
  });

  await t.test("storage services take symmetric encryption keys only, and say so in a clear error", async () => {
    const Bucket = "kinds";
    await root.s3.send(new CreateBucketCommand({ Bucket }));
    const put = (Key: string, SSEKMSKeyId?: string) =>
      root.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", ServerSideEncryption: "aws:kms", SSEKMSKeyId }));
    const unfit = [
      await newKey("RSA_2048", "ENCRYPT_DECRYPT"),
      await newKey("RSA_2048", "SIGN_VERIFY"),
      await newKey("HMAC_256", "GENERATE_VERIFY_MAC"),
      await newKey("ECC_NIST_P256", "KEY_AGREEMENT"),
      await newKey("ML_KEM_512", "ENCAPSULATE_DECAPSULATE"),
    ];
    for (const KeyId of unfit) {
      const error = await errorOfCall(put("object", KeyId));
      assert.equal(error?.name, "KMS.InvalidKeyUsageException");
      assert.equal(error?.status, 400);
      assert.ok(error?.message.startsWith(`${KeyId} key `), error?.message);
      assert.match(error?.message ?? "", /which is not valid for GenerateDataKey\.$/);
      assert.equal(await codeOf(root.s3.send(new HeadObjectCommand({ Bucket, Key: "object" }))), "NotFound");
    }
    const symmetric = await newKey("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    await put("object", symmetric);
    const Rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: unfit[0] } } as const;
    const ServerSideEncryptionConfiguration = { Rules: [Rule] };
    // As on AWS the bucket's default is only looked at when an object is written.
    await root.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    const byDefault = root.s3.send(new PutObjectCommand({ Bucket, Key: "default", Body: "x" }));
    assert.equal(await codeOf(byDefault), "KMS.InvalidKeyUsageException");
    const { Body } = await root.s3.send(new GetObjectCommand({ Bucket, Key: "object" }));
    assert.equal(await Body?.transformToString(), "x");
  });
});
