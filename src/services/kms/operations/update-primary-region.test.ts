import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, as, inRegion, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const [EAST, WEST] = ["us-east-1", "eu-west-1"];
const west = inRegion(WEST);
const move = (KeyId: string, PrimaryRegion: string, parts = {}) =>
  kms.call("UpdatePrimaryRegion", { KeyId, PrimaryRegion }, parts);
const refused = (KeyId: string, PrimaryRegion: string, parts = {}) =>
  kms.refused("UpdatePrimaryRegion", { KeyId, PrimaryRegion }, parts);
const describe = async (KeyId: string, parts = {}) => (await kms.call("DescribeKey", { KeyId }, parts)).KeyMetadata;
const roles = async (KeyId: string) =>
  Promise.all(
    [EAST, WEST].map(async (region) => {
      const { KeyState, MultiRegionConfiguration } = await describe(KeyId, inRegion(region));
      return `${KeyState} ${MultiRegionConfiguration.MultiRegionKeyType} of ${MultiRegionConfiguration.PrimaryKey.Region}`;
    }),
  );

async function pair(): Promise<string> {
  const KeyId = await kms.keyId({ MultiRegion: true });
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: WEST });
  return KeyId;
}

test("the two keys take each other's part, there and back, and every ciphertext opens all the time", async () => {
  const KeyId = await pair();
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
  await move(KeyId, WEST);
  assert.deepEqual(await roles(KeyId), [`Enabled REPLICA of ${WEST}`, `Enabled PRIMARY of ${WEST}`]);
  assert.deepEqual((await describe(KeyId)).MultiRegionConfiguration.ReplicaKeys, [{ Arn: arnOf(KeyId), Region: EAST }]);
  for (const region of [EAST, WEST]) await kms.call("Decrypt", { CiphertextBlob }, inRegion(region));
  await move(KeyId, EAST, west);
  assert.deepEqual(await roles(KeyId), [`Enabled PRIMARY of ${EAST}`, `Enabled REPLICA of ${EAST}`]);
});

test("what belongs to the primary alone moves with it", async () => {
  const KeyId = await pair();
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
  await move(KeyId, WEST);
  const unsupported = `UnsupportedOperationException: ${arnOf(KeyId)} is not a multi-region primary key.`;
  assert.equal(await kms.refused("DisableKeyRotation", { KeyId }), unsupported);
  assert.equal(await kms.refused("ReplicateKey", { KeyId, ReplicaRegion: "us-west-2" }), unsupported);
  await kms.call("RotateKeyOnDemand", { KeyId }, west);
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: "us-west-2" }, west);
  kms.clock.advance(90 * 24 * 3600_000);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  for (const region of [EAST, WEST, "us-west-2"]) {
    const { Rotations } = await kms.call("ListKeyRotations", { KeyId }, inRegion(region));
    assert.deepEqual(
      Rotations.map(({ RotationType }) => RotationType),
      ["ON_DEMAND", "AUTOMATIC"],
      region,
    );
  }
});

test("only at the primary, only to a replica's Region, only while both are enabled", async () => {
  const KeyId = await pair();
  const unsupported = (arn: string) => `UnsupportedOperationException: ${arn} is not a multi-region primary key.`;
  assert.equal(await refused(KeyId, EAST, west), unsupported(arnOf(KeyId, WEST)));
  const single = await kms.keyId();
  assert.equal(await refused(single, WEST), unsupported(arnOf(single)));
  assert.match(await refused(KeyId, EAST), /^ValidationException/);
  assert.match(await refused(KeyId, "eu-west-9"), /^ValidationException/);
  assert.equal(
    await refused(KeyId, "us-west-2"),
    `NotFoundException: Key '${arnOf(KeyId, "us-west-2")}' does not exist`,
  );
  await kms.call("DisableKey", { KeyId }, west);
  assert.equal(await refused(KeyId, WEST), `DisabledException: ${arnOf(KeyId, WEST)} is disabled.`);
  await kms.call("EnableKey", { KeyId }, west);
  await kms.call("DisableKey", { KeyId });
  assert.equal(await refused(KeyId, WEST), `DisabledException: ${arnOf(KeyId)} is disabled.`);
  assert.deepEqual(await roles(KeyId), [`Disabled PRIMARY of ${EAST}`, `Enabled REPLICA of ${EAST}`]);
});

test("the caller needs it on both keys, each in its own Region", async () => {
  const KeyId = await pair();
  const may = (...resources: string[]) =>
    as("bob", {
      Version: "2012-10-17",
      Statement: resources.map((Resource) => ({
        Effect: "Allow",
        Action: "kms:UpdatePrimaryRegion",
        Resource,
        Condition: { StringEquals: { "kms:PrimaryRegion": WEST, "aws:RequestedRegion": Resource.split(":")[3] } },
      })),
    });
  const [here, there] = [arnOf(KeyId), arnOf(KeyId, WEST)];
  assert.match(await refused(KeyId, WEST, may(here)), new RegExp(`UpdatePrimaryRegion on resource: ${there}`));
  assert.match(await refused(KeyId, WEST, may(there)), new RegExp(`UpdatePrimaryRegion on resource: ${here}`));
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: "us-west-2" });
  assert.match(
    await refused(KeyId, "us-west-2", may(here, there)),
    /^AccessDenied/,
    "another Region than the policy's",
  );
  await move(KeyId, WEST, may(here, there));
});

test("both Regions' trails have the call; in the second KMS made it for the caller", async () => {
  const KeyId = await pair();
  const { request, response } = await kms.recorded("UpdatePrimaryRegion", { KeyId, PrimaryRegion: WEST });
  assert.deepEqual(request, { keyId: KeyId, primaryRegion: WEST });
  assert.deepEqual(response, { keyId: arnOf(KeyId) });
  const event = kms.records.filter(({ eventName }) => eventName === "UpdatePrimaryRegion").at(-1);
  assert.equal(event?.awsRegion, WEST);
  assert.equal(event?.userIdentity["invokedBy"], "kms.amazonaws.com");
  assert.deepEqual(event?.responseElements, { keyId: arnOf(KeyId, WEST) });
});
