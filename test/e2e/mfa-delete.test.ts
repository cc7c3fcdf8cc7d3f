/** MFA delete from a device's birth to a version's end, with the clients that people use, over TLS. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateVirtualMFADeviceCommand, DeactivateMFADeviceCommand, EnableMFADeviceCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { stepAt, totpCode } from "../../src/identity/index.js";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("mfa-delete");
const Bucket = "kept-by-two-factors";
let server: Server;
let root: Clients;
let ca: string;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, flags: ["--tls"] });
  ca = readFileSync(join(server.dataFolder, "tls", "ca.pem"), "utf8");
  root = clientsOf(server, { ca });
  await root.s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** What an authenticator does with the text under the QR code. */
function seedOf(text: string): Buffer {
  const bits = [...text].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  return Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The root's device. Codes come every thirty seconds, so `next` moves the device's clock on instead of waiting. */
async function rootDevice() {
  const { VirtualMFADevice } = await root.iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "root-account-mfa-device" }),
  );
  const seed = seedOf(Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString());
  const named = { UserName: "root", SerialNumber: VirtualMFADevice?.SerialNumber };
  let step = stepAt(Date.now()) - 10;
  let isEnabled = false;
  return async function next(): Promise<string> {
    if (isEnabled) await root.iam.send(new DeactivateMFADeviceCommand(named));
    const [AuthenticationCode1, AuthenticationCode2] = [totpCode(seed, step + 1), totpCode(seed, step + 2)];
    await root.iam.send(new EnableMFADeviceCommand({ ...named, AuthenticationCode1, AuthenticationCode2 }));
    isEnabled = true;
    step += 3;
    return `${named.SerialNumber} ${totpCode(seed, step)}`;
  };
}

test("the root turns MFA delete on, and then nobody removes a version without a code, and none twice", async () => {
  const next = await rootDevice();
  const on = { Bucket, VersioningConfiguration: { Status: "Enabled", MFADelete: "Enabled" } } as const;
  assert.equal(await codeOf(root.s3.send(new PutBucketVersioningCommand(on))), "AccessDenied");
  const first = await next();
  await root.s3.send(new PutBucketVersioningCommand({ ...on, MFA: first }));
  const { $metadata: _answered, ...shown } = await root.s3.send(new GetBucketVersioningCommand({ Bucket }));
  assert.deepEqual(shown, on.VersioningConfiguration);

  const { VersionId } = await root.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const remove = (by: Clients, MFA?: string) =>
    codeOf(by.s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId, MFA })));
  const { credentials } = await newUser(server, root, "admin", { Action: "s3:*" });
  assert.equal(await remove(root), "AccessDenied");
  assert.equal(await remove(root, first), "TokenCodeInvalidError");
  const second = await next();
  assert.equal(await remove(clientsOf(server, { ca, credentials }), second), "AccessDenied");
  assert.equal(await remove(root, second), "none");
});
