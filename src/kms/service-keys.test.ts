import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAwsError } from "../base/index.js";
import { callVia } from "../identity/index.js";
import { changeKey } from "./change-key.js";
import { disable, enable } from "./deletion.js";
import type { Key } from "./key.js";
import { ACCOUNT, FOREIGN, openTestKms, rootArn, type TestKms, user, userCall } from "./testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const CONTEXT = { "aws:s3:arn": "arn:aws:s3:::bucket/key" };
const viaS3 = (parts: Parameters<typeof userCall>[0] = {}) => callVia(userCall(parts), "s3", "arn:aws:s3:::bucket");
const last = () => house.records.at(-1) ?? assert.fail("a record was written");
const code = (wanted: string) => (thrown: unknown) => isAwsError(thrown, wanted);
const change = (key: Key, how: (key: Key) => Key) => house.database.write((tx) => changeKey(tx, key, how));

test("a data key opens again under the same context, and both uses stand in the caller's trail", async () => {
  const { service } = house.kms;
  const key = await house.newKey();
  const made = await service.generateDataKey(viaS3(), key.id, CONTEXT);
  assert.equal(made.keyArn, key.arn);
  assert.equal(made.materialId, key.material);
  assert.deepEqual(last().userIdentity["invokedBy"], "s3.amazonaws.com");
  assert.equal(last().sourceIPAddress, "s3.amazonaws.com");
  assert.deepEqual(last().requestParameters, { encryptionContext: CONTEXT, keyId: key.id, keySpec: "AES_256" });
  assert.deepEqual(last().additionalEventData, { keyMaterialId: key.material });
  assert.deepEqual(last().resources, [{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: key.arn }]);
  const opened = await service.decryptDataKey(viaS3(), made.blob, CONTEXT);
  assert.equal(last().eventName, "Decrypt");
  assert.deepEqual(
    opened.plaintext.use((bytes) => Buffer.from(bytes)),
    made.plaintext.use((bytes) => Buffer.from(bytes)),
  );
  const secret = made.plaintext.use((bytes) => bytes.toString("base64"));
  assert.ok(!JSON.stringify(house.records).includes(secret));
});

test("a call that keeps records gets its key before anything is written; one that has ended waits, and a failure is its own", async () => {
  const { service } = house.kms;
  const key = await house.newKey();
  const kept: { readonly eventID: string }[] = [];
  const keeping = { keep: (records: typeof kept) => kept.push(...records) > 0 };
  const ended = { keep: () => false };
  const before = house.records.length;
  const made = await service.generateDataKey({ ...viaS3(), records: keeping }, key.id, CONTEXT);
  assert.equal(house.records.length, before);
  assert.deepEqual(
    kept.map((record) => "eventName" in record && record.eventName),
    ["GenerateDataKey"],
  );
  await service.decryptDataKey({ ...viaS3(), records: ended }, made.blob, CONTEXT);
  assert.equal(last().eventName, "Decrypt");

  const { record } = house.kms.audit;
  const full = new Error("the disk is full");
  house.kms.audit.record = () => Promise.reject(full);
  try {
    await service.decryptDataKey({ ...viaS3(), records: keeping }, made.blob, CONTEXT);
    for (const records of [ended, undefined])
      await assert.rejects(service.decryptDataKey({ ...viaS3(), records }, made.blob, CONTEXT), full);
  } finally {
    house.kms.audit.record = record;
  }
});

test("a use that is refused is in the trail before its caller learns of it, whoever keeps records", async () => {
  const { service } = house.kms;
  const keeping = { keep: () => assert.fail("a refusal is not kept") };
  await assert.rejects(service.generateDataKey({ ...viaS3(), records: keeping }, "alias/none", CONTEXT));
  assert.equal(last().errorCode, "NotFoundException");
});

test("another context, a changed bit and a foreign blob open nothing, and the failure is told", async () => {
  const { service } = house.kms;
  const key = await house.newKey();
  const { blob } = await service.generateDataKey(viaS3(), key.id, CONTEXT);
  await assert.rejects(service.decryptDataKey(viaS3(), blob, {}), code("InvalidCiphertextException"));
  assert.equal(last().errorCode, "InvalidCiphertextException");
  assert.equal(last().errorMessage, undefined);
  for (const at of [blob.length - 1, blob.length - 20]) {
    const changed = Buffer.from(blob);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await assert.rejects(service.decryptDataKey(viaS3(), changed, CONTEXT), code("InvalidCiphertextException"));
  }
  await assert.rejects(
    service.decryptDataKey(viaS3(), Buffer.from("no blob"), CONTEXT),
    code("InvalidCiphertextException"),
  );
});

test("switched off the key opens nothing at the next call; switched on it does again", async () => {
  const { service } = house.kms;
  const key = await house.newKey();
  const { blob } = await service.generateDataKey(viaS3(), key.arn, CONTEXT);
  const epoch = service.epoch();
  await change(key, disable);
  assert.notEqual(service.epoch(), epoch);
  await assert.rejects(service.decryptDataKey(viaS3(), blob, CONTEXT), { message: `${key.arn} is disabled.` });
  await assert.rejects(service.generateDataKey(viaS3(), key.arn, CONTEXT), code("DisabledException"));
  assert.equal(last().errorCode, "DisabledException");
  await change(key, enable);
  await service.decryptDataKey(viaS3(), blob, CONTEXT);
});

test("the caller's own rights decide, and a refusal stands in the trail without its parameters", async () => {
  const { service } = house.kms;
  const key = await house.newKey();
  const powerless = viaS3({ policies: [] });
  await assert.rejects(service.generateDataKey(powerless, key.id, CONTEXT), (thrown: Error) => {
    assert.ok(isAwsError(thrown, "AccessDeniedException"));
    const text = `is not authorized to perform: kms:GenerateDataKey on resource: ${key.arn} because no identity-based policy allows`;
    assert.match(thrown.message, new RegExp(text.replaceAll("/", "\\/")));
    return true;
  });
  assert.equal(last().errorCode, "AccessDenied");
  assert.equal(last().requestParameters, null);
});

test("a policy that names another service refuses this one", async () => {
  const only = (via: string) => ({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: rootArn(ACCOUNT) }, Action: "kms:*", Resource: "*" },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "kms:GenerateDataKey",
        Resource: "*",
        Condition: { StringNotEquals: { "kms:ViaService": via } },
      },
    ],
  });
  const [s3, sqs] = [
    await house.newKey(only("s3.us-east-1.amazonaws.com")),
    await house.newKey(only("sqs.us-east-1.amazonaws.com")),
  ];
  await house.kms.service.generateDataKey(viaS3(), s3.id, CONTEXT);
  await assert.rejects(house.kms.service.generateDataKey(viaS3(), sqs.id, CONTEXT), code("AccessDeniedException"));
});

test("alias/aws/s3 is born on first use, once, and serves no other account", async () => {
  const { service } = house.kms;
  const made = await Promise.all(
    Array.from({ length: 4 }, () => service.generateDataKey(viaS3(), "alias/aws/s3", CONTEXT)),
  );
  assert.equal(new Set(made.map((each) => each.keyArn)).size, 1);
  const [first] = made;
  assert.ok(first);
  const loaded = (await house.kms.service.decryptDataKey(viaS3(), first.blob, CONTEXT)).keyArn;
  assert.equal(loaded, first.keyArn);
  const stranger = viaS3({
    caller: user("mallory", FOREIGN, [
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
    ]),
  });
  await assert.rejects(service.decryptDataKey(stranger, first.blob, CONTEXT), code("AccessDeniedException"));
  const viaSqs = callVia(userCall(), "sqs");
  await assert.rejects(service.decryptDataKey(viaSqs, first.blob, CONTEXT), code("AccessDeniedException"));
  await assert.rejects(service.generateDataKey(viaS3(), "alias/aws/nothing", CONTEXT), code("NotFoundException"));
});

test("a key of another account needs both accounts' word, and its owner gets a copy of the record", async () => {
  const { service } = house.kms;
  const open = { Effect: "Allow", Principal: { AWS: rootArn(ACCOUNT) }, Action: "kms:*", Resource: "*" };
  const shared = await house.newKey({
    Version: "2012-10-17",
    Statement: [open, { ...open, Principal: { AWS: rootArn(FOREIGN) }, Action: "kms:GenerateDataKey" }],
  });
  const allowed = user("bob", FOREIGN, [
    { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] },
  ]);
  await service.generateDataKey(viaS3({ caller: allowed }), shared.arn, CONTEXT);
  const [own, copy] = house.records.slice(-2);
  assert.ok(own && copy);
  assert.deepEqual([own.recipientAccountId, copy.recipientAccountId], [FOREIGN, ACCOUNT]);
  assert.equal(own.sharedEventID, copy.sharedEventID);
  assert.notEqual(own.eventID, copy.eventID);
  assert.equal(copy.userIdentity["type"], "AWSAccount");
  assert.equal(copy.userIdentity["arn"], undefined);
  const powerless = user("carol", FOREIGN, []);
  await assert.rejects(
    service.generateDataKey(viaS3({ caller: powerless }), shared.arn, CONTEXT),
    code("AccessDeniedException"),
  );
  assert.equal(last().recipientAccountId, FOREIGN, "a refusal is told in the caller's account alone");
});

test("whether another account's key exists is not told", async () => {
  const arn = `arn:aws:kms:us-east-1:${FOREIGN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  await assert.rejects(house.kms.service.generateDataKey(viaS3(), arn, CONTEXT), (thrown: Error) => {
    assert.ok(isAwsError(thrown, "AccessDeniedException"));
    assert.match(thrown.message, /because no resource-based policy allows the kms:GenerateDataKey action$/);
    return true;
  });
});

test("without its record a data key is not given out", async () => {
  const key = await house.newKey();
  const { kms } = house;
  const original = kms.audit.record;
  Object.assign(kms.audit, { record: () => Promise.reject(new Error("disk full")) });
  await assert.rejects(kms.service.generateDataKey(viaS3(), key.id, CONTEXT), { message: "disk full" });
  Object.assign(kms.audit, { record: original });
});

test("the use counts as the key's last; a refused one does not", async () => {
  const key = await house.newKey();
  await assert.rejects(house.kms.service.generateDataKey(viaS3({ policies: [] }), key.id, CONTEXT));
  assert.equal(await house.kms.usage.lastUse(key), undefined);
  await house.kms.service.generateDataKey(viaS3(), key.id, CONTEXT);
  const use = await house.kms.usage.lastUse(key);
  assert.equal(use?.operation, "GenerateDataKey");
  assert.equal(use?.eventId, last().eventID);
  await house.kms.usage.flush();
  assert.deepEqual(await (await house.another()).usage.lastUse(key), use);
});
