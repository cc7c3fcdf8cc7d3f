import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KeyMetadata,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  UpdatePrimaryRegionCommand,
} from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf, errorOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"] as const;
const [EAST, WEST, SOUTH] = REGIONS;

let server: Server;
let inRegion: Readonly<Record<string, Clients>>;
const folder = newFolder("claims-kms-regions");

const connect = (clockOffsetMs = 0) =>
  Object.fromEntries(REGIONS.map((region) => [region, clientsOf(server, { region, clockOffsetMs })]));

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  inRegion = connect();
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const kmsOf = (region: string) => (inRegion[region] ?? assert.fail(region)).kms;
const arnIn = (arn: string, region: string) => arn.replace(EAST, region);

async function newKey(input: object = {}): Promise<KeyMetadata & { KeyId: string; Arn: string }> {
  const { KeyMetadata } = await kmsOf(EAST).send(new CreateKeyCommand(input));
  assert.ok(KeyMetadata?.KeyId && KeyMetadata.Arn);
  return { ...KeyMetadata, KeyId: KeyMetadata.KeyId, Arn: KeyMetadata.Arn };
}

/** A primary in us-east-1 and a replica in eu-west-1. */
async function newPair(): Promise<string> {
  const { KeyId } = await newKey({ MultiRegion: true });
  await kmsOf(EAST).send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: WEST }));
  return KeyId;
}

const describe = async (KeyId: string, region: string): Promise<KeyMetadata> =>
  (await kmsOf(region).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata ?? assert.fail();

const encrypt = async (KeyId: string, region: string, text = "text"): Promise<Uint8Array> =>
  (await kmsOf(region).send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }))).CiphertextBlob ??
  assert.fail();

const decrypt = async (CiphertextBlob: Uint8Array, region: string): Promise<string> =>
  Buffer.from((await kmsOf(region).send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? []).toString();

async function restartLater(days: number): Promise<void> {
  await server.stop();
  server = await startServer({ dataFolder: server.dataFolder, flags: ["--clock-offset", String(days * 24 * 3600)] });
  inRegion = connect(days * 24 * 3600_000);
}

const failure = async (call: Promise<unknown>): Promise<Error> =>
  (await errorOf(call)) ?? assert.fail("it was answered");

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 100, "it comes true within ten seconds");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("K12: a key of one Region is in no other, by id, ARN, alias or ciphertext", async () => {
  const { KeyId, Arn } = await newKey();
  await kmsOf(EAST).send(new CreateAliasCommand({ AliasName: "alias/regional", TargetKeyId: KeyId }));
  const describing = (name: string) => failure(kmsOf(WEST).send(new DescribeKeyCommand({ KeyId: name })));
  assert.equal((await describing(KeyId)).message, `Key '${arnIn(Arn, WEST)}' does not exist`);
  assert.equal((await describing(Arn)).message, `Invalid arn ${EAST}`);
  assert.equal((await describing("alias/regional")).name, "NotFoundException");
  const blob = await encrypt(KeyId, EAST);
  const refused = await failure(decrypt(blob, WEST));
  assert.equal(refused.name, "AccessDeniedException");
  assert.match(refused.message, /the resource does not exist in this Region/);
  assert.equal(await decrypt(blob, EAST), "text");
  const replicate = new ReplicateKeyCommand({ KeyId, ReplicaRegion: WEST });
  assert.equal((await failure(kmsOf(EAST).send(replicate))).message, `${Arn} is not a multi-region primary key.`);
});

test("K12: related multi-Region keys open each other's ciphertexts and data keys, in all directions", async () => {
  const KeyId = await newPair();
  await kmsOf(EAST).send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: SOUTH }));
  for (const from of REGIONS) {
    const blob = await encrypt(KeyId, from, `of ${from}`);
    const made = await kmsOf(from).send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
    for (const to of REGIONS) {
      assert.equal(await decrypt(blob, to), `of ${from}`);
      const opened = await kmsOf(to).send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, KeyId }));
      assert.deepEqual(opened.Plaintext, made.Plaintext);
      assert.equal(opened.KeyId, (await describe(KeyId, to)).Arn);
      const moved = await kmsOf(to).send(new ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId: KeyId }));
      assert.equal(await decrypt(moved.CiphertextBlob ?? new Uint8Array(), from), `of ${from}`);
    }
  }
  const stranger = await newPair();
  const wrong = new DecryptCommand({ CiphertextBlob: await encrypt(KeyId, EAST), KeyId: stranger });
  assert.equal(await codeOf(kmsOf(WEST).send(wrong)), "IncorrectKeyException");
});

test("K12: a replica is read as Terraform reads it, has its own policy and tags, and shares the rotation", async () => {
  const { KeyId, Arn } = await newKey({ MultiRegion: true, Description: "primary" });
  const made = await kmsOf(EAST).send(
    new ReplicateKeyCommand({
      KeyId,
      ReplicaRegion: WEST,
      Description: "replica",
      Tags: [{ TagKey: "site", TagValue: "west" }],
    }),
  );
  assert.equal(made.ReplicaKeyMetadata?.KeyState, "Creating");
  assert.equal(made.ReplicaKeyMetadata?.Arn, arnIn(Arn, WEST));
  await kmsOf(EAST).send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 120 }));
  const metadata = await describe(KeyId, WEST);
  assert.deepEqual([metadata.KeyState, metadata.Description], ["Enabled", "replica"]);
  assert.deepEqual(metadata.MultiRegionConfiguration, {
    MultiRegionKeyType: "REPLICA",
    PrimaryKey: { Arn, Region: EAST },
    ReplicaKeys: [{ Arn: arnIn(Arn, WEST), Region: WEST }],
  });
  const west = kmsOf(WEST);
  const { Policy } = await west.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
  assert.equal(Policy, made.ReplicaPolicy);
  assert.deepEqual((await west.send(new ListResourceTagsCommand({ KeyId }))).Tags, [
    { TagKey: "site", TagValue: "west" },
  ]);
  assert.deepEqual((await kmsOf(EAST).send(new ListResourceTagsCommand({ KeyId }))).Tags, []);
  const status = await west.send(new GetKeyRotationStatusCommand({ KeyId }));
  assert.deepEqual([status.KeyRotationEnabled, status.RotationPeriodInDays], [true, 120]);
  assert.equal(await codeOf(west.send(new EnableKeyRotationCommand({ KeyId }))), "UnsupportedOperationException");
  await west.send(new DisableKeyCommand({ KeyId }));
  assert.equal((await describe(KeyId, EAST)).KeyState, "Enabled");
});

test("K12: a rotation at the primary is every Region's at once, and the old ciphertexts open everywhere", async () => {
  const KeyId = await newPair();
  const old = await encrypt(KeyId, WEST, "before");
  assert.equal(
    await codeOf(kmsOf(WEST).send(new RotateKeyOnDemandCommand({ KeyId }))),
    "UnsupportedOperationException",
  );
  await kmsOf(EAST).send(new RotateKeyOnDemandCommand({ KeyId }));
  const [here, there] = [await describe(KeyId, EAST), await describe(KeyId, WEST)];
  assert.equal(there.CurrentKeyMaterialId, here.CurrentKeyMaterialId);
  const { Rotations } = await kmsOf(WEST).send(new ListKeyRotationsCommand({ KeyId }));
  assert.deepEqual(
    Rotations?.map(({ KeyMaterialId }) => KeyMaterialId),
    [here.CurrentKeyMaterialId],
  );
  const fresh = await encrypt(KeyId, EAST, "after");
  for (const region of [EAST, WEST]) {
    assert.equal(await decrypt(old, region), "before");
    assert.equal(await decrypt(fresh, region), "after");
  }
});

test("K12: the primary moves to a replica's Region, and both Regions' trails say who moved it", async () => {
  const KeyId = await newPair();
  const blob = await encrypt(KeyId, EAST);
  await kmsOf(EAST).send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: WEST }));
  const [here, there] = [await describe(KeyId, EAST), await describe(KeyId, WEST)];
  assert.deepEqual([here.KeyState, here.MultiRegionConfiguration?.MultiRegionKeyType], ["Enabled", "REPLICA"]);
  assert.deepEqual([there.KeyState, there.MultiRegionConfiguration?.MultiRegionKeyType], ["Enabled", "PRIMARY"]);
  assert.equal(await decrypt(blob, WEST), "text");
  const eventsOf = async (region: string, EventName: string) => {
    const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue: EventName }];
    const found = await inRegion[region]?.cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
    return (found?.Events ?? []).map((event) => JSON.parse(event.CloudTrailEvent ?? "{}"));
  };
  const ofThis = (event: { resources?: { ARN: string }[] }) => event.resources?.some(({ ARN }) => ARN.endsWith(KeyId));
  for (const [region, invokedBy] of [
    [EAST, undefined],
    [WEST, "kms.amazonaws.com"],
  ] as const) {
    const [event] = (await eventsOf(region, "UpdatePrimaryRegion")).filter(ofThis);
    assert.deepEqual([event?.userIdentity.type, event?.userIdentity.invokedBy], ["Root", invokedBy], region);
  }
  const [created] = (await eventsOf(WEST, "CreateKey")).filter(ofThis);
  assert.equal(created?.userIdentity.invokedBy, "kms.amazonaws.com");
  assert.equal((await eventsOf(EAST, "ReplicateKey")).filter(ofThis).length, 1);
});

test("K12: who may replicate, and whereto, is said by policies in both Regions", async () => {
  const { KeyId } = await newKey({ MultiRegion: true });
  const root = inRegion[EAST] ?? assert.fail();
  const toWest = { Action: "kms:ReplicateKey", Condition: { StringEquals: { "kms:ReplicaRegion": WEST } } };
  const createIn = (region: string) => ({
    Action: "kms:CreateKey",
    Condition: { StringEquals: { "aws:RequestedRegion": region, "kms:MultiRegionKeyType": "REPLICA" } },
  });
  const replicate = (ReplicaRegion: string) => new ReplicateKeyCommand({ KeyId, ReplicaRegion });
  const half = await newUser(server, root, "half", toWest, createIn(EAST));
  const refusal = await errorOf(half.clients.kms.send(replicate(WEST)));
  assert.match(refusal?.message ?? "", /kms:CreateKey on resource: \* because no identity-based policy allows/);
  const whole = await newUser(server, root, "whole", toWest, createIn(WEST));
  assert.equal(await codeOf(whole.clients.kms.send(replicate(SOUTH))), "AccessDeniedException");
  await whole.clients.kms.send(replicate(WEST));
  assert.equal(await codeOf(whole.clients.kms.send(replicate(WEST))), "AlreadyExistsException");
});

test("K12: a primary waits for its last replica's end; a replica comes back in the same Region with the same id", async () => {
  const KeyId = await newPair();
  const blob = await encrypt(KeyId, WEST, "kept");
  const scheduled = await kmsOf(EAST).send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 10 }));
  assert.equal(scheduled.KeyState, "PendingReplicaDeletion");
  assert.equal(scheduled.DeletionDate, undefined);
  assert.equal((await describe(KeyId, EAST)).PendingDeletionWindowInDays, 10);
  assert.equal(await decrypt(blob, WEST), "kept");
  const other = await newPair();
  const kept = await encrypt(other, WEST, "survives");
  for (const id of [KeyId, other]) {
    await kmsOf(WEST).send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
  }
  await restartLater(8);
  await until(async () => (await describe(KeyId, EAST)).KeyState === "PendingDeletion");
  const { DeletionDate } = await describe(KeyId, EAST);
  const days = ((DeletionDate?.getTime() ?? 0) - Date.now()) / (24 * 3600_000);
  assert.ok(days > 17.9 && days < 18.1, `ten days from the day on which the replica went: ${days}`);
  await until(async () => (await codeOf(describe(other, WEST))) === "NotFoundException");
  assert.equal(await codeOf(decrypt(kept, WEST)), "AccessDeniedException");
  assert.equal(await decrypt(kept, EAST), "survives");
  await kmsOf(EAST).send(new ReplicateKeyCommand({ KeyId: other, ReplicaRegion: WEST }));
  assert.equal(await decrypt(kept, WEST), "survives");
});
