/** Promise I5 for multi-Region keys: killed anywhere in a change of two Regions, the keys end as one family. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  type KeyMetadata,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  UpdatePrimaryRegionCommand,
} from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { freshSeed, seeded } from "../harness/seeded.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { readTrail } from "../harness/trail.js";

const ROUNDS = 3;
const REGIONS = ["us-east-1", "eu-west-1"] as const;
type Place = (typeof REGIONS)[number];
type Houses = Readonly<Record<Place, Clients["kms"]>>;

/** A key, where its replica was acknowledged, and what it sealed. */
interface Family {
  readonly id: string;
  isReplicated: boolean;
  readonly blobs: Uint8Array[];
}

test("kill -9 in the middle of replicating, moving a primary and rotating leaves whole families of keys", async (t) => {
  const folder = newFolder("related-keys");
  t.after(() => removeFolder(folder));
  const chance = seeded(freshSeed());
  t.diagnostic(`STRONGROOM_SEED=${chance.seed}`);
  const dataFolder = join(folder, "data");
  const families: Family[] = [];
  let cut = 0;
  let server = await startServer({ dataFolder });
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const changing = CHANGES.map((change) => change(housesOf(server), families));
      await new Promise((resolve) => setTimeout(resolve, 300 + chance.below(500)));
      await server.kill();
      await Promise.all(changing);
      server = await startServer({ dataFolder });
      const houses = housesOf(server);
      for (const family of families) cut += await check(houses, family);
    }
  } finally {
    await server.stop();
  }
  const replicated = families.filter(({ isReplicated }) => isReplicated);
  t.diagnostic(`${families.length} keys, ${replicated.length} replicated, ${cut} of them by a call that was cut`);
  assert.ok(replicated.length > ROUNDS);
  const { records } = await readTrail(dataFolder);
  for (const { id } of replicated) {
    const made = records.filter(
      ({ eventName, awsRegion, resources }) =>
        eventName === "CreateKey" && awsRegion === "eu-west-1" && resources?.some(({ ARN }) => ARN.endsWith(id)),
    );
    assert.equal(new Set(made.map(({ eventID }) => eventID)).size, 1, "the replica's Region tells of it, once");
  }
});

/** All at once: half of a ReplicateKey is over within a millisecond or two, so several run into each kill. */
const CHANGES = [
  ...[keepReplicating, keepReplicating, keepReplicating, keepReplicating],
  ...[keepMoving, keepMoving, keepRotating],
];

const housesOf = (server: Server): Houses => ({
  "us-east-1": clientsOf(server, { region: "us-east-1" }).kms,
  "eu-west-1": clientsOf(server, { region: "eu-west-1" }).kms,
});

/** Until the server is gone; every other failure is one. */
async function untilKilled(step: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await step();
    } catch (thrown) {
      if (thrown instanceof Error && "$fault" in thrown) throw thrown; // the server's answer
      return;
    }
  }
}

async function newFamily(houses: Houses, families: Family[]): Promise<Family> {
  const { KeyMetadata } = await houses["us-east-1"].send(new CreateKeyCommand({ MultiRegion: true }));
  const family: Family = { id: KeyMetadata?.KeyId ?? "", isReplicated: false, blobs: [] };
  families.push(family);
  await seal(houses, "us-east-1", family);
  await houses["us-east-1"].send(new ReplicateKeyCommand({ KeyId: family.id, ReplicaRegion: "eu-west-1" }));
  family.isReplicated = true;
  return family;
}

async function seal(houses: Houses, place: Place, family: Family): Promise<void> {
  const command = new EncryptCommand({ KeyId: family.id, Plaintext: Buffer.from(family.id) });
  const { CiphertextBlob } = await houses[place].send(command);
  if (CiphertextBlob !== undefined) family.blobs.push(CiphertextBlob);
}

function keepReplicating(houses: Houses, families: Family[]): Promise<void> {
  return untilKilled(async () => {
    await newFamily(houses, families);
  });
}

function keepMoving(houses: Houses, families: Family[]): Promise<void> {
  let family: Family | undefined;
  let [from, to]: [Place, Place] = ["us-east-1", "eu-west-1"];
  return untilKilled(async () => {
    family ??= await newFamily(houses, families);
    await houses[from].send(new UpdatePrimaryRegionCommand({ KeyId: family.id, PrimaryRegion: to }));
    [from, to] = [to, from];
    await seal(houses, to, family);
  });
}

function keepRotating(houses: Houses, families: Family[]): Promise<void> {
  let family: Family | undefined;
  let rotations = 0;
  return untilKilled(async () => {
    if (rotations % 25 === 0) family = await newFamily(houses, families);
    rotations += 1;
    if (family === undefined) return;
    await houses["us-east-1"].send(new RotateKeyOnDemandCommand({ KeyId: family.id }));
    await seal(houses, "eu-west-1", family);
  });
}

/** Throws unless it ends as one family, whose every ciphertext opens everywhere. 1 for a replica whose call got no answer. */
async function check(houses: Houses, family: Family): Promise<number> {
  const keys = await settled(houses, family);
  assert.ok(keys.length === 2 || !family.isReplicated, "an acknowledged replica is there");
  const roles = keys.map((key) => key.MultiRegionConfiguration?.MultiRegionKeyType).sort();
  assert.deepEqual(roles, keys.length === 2 ? ["PRIMARY", "REPLICA"] : ["PRIMARY"]);
  for (const member of ["PrimaryKey", "ReplicaKeys"] as const) {
    assert.deepEqual(keys[0]?.MultiRegionConfiguration?.[member], keys.at(-1)?.MultiRegionConfiguration?.[member]);
  }
  assert.equal(keys[0]?.CurrentKeyMaterialId, keys.at(-1)?.CurrentKeyMaterialId);
  for (const CiphertextBlob of family.blobs) {
    for (const place of REGIONS.slice(0, keys.length)) {
      const { Plaintext } = await houses[place].send(new DecryptCommand({ CiphertextBlob }));
      assert.equal(Buffer.from(Plaintext ?? []).toString(), family.id);
    }
  }
  const isCut = keys.length === 2 && !family.isReplicated;
  family.isReplicated = keys.length === 2;
  return isCut ? 1 : 0;
}

async function stateOf(houses: Houses, { id }: Family): Promise<KeyMetadata[]> {
  const found: KeyMetadata[] = [];
  for (const place of REGIONS) {
    const asked = houses[place].send(new DescribeKeyCommand({ KeyId: id }));
    if ((await codeOf(asked)) === "NotFoundException") continue;
    const { KeyMetadata } = await asked;
    if (KeyMetadata !== undefined) found.push(KeyMetadata);
  }
  return found;
}

/** The server finishes what was begun within a few seconds of its start. */
async function settled(houses: Houses, family: Family): Promise<KeyMetadata[]> {
  for (let tries = 0; ; tries++) {
    const keys = await stateOf(houses, family);
    if (keys.every((key) => key.KeyState === "Enabled")) return keys;
    for (const key of keys) assert.match(key.KeyState ?? "", /^(Enabled|Creating|Updating)$/);
    assert.ok(tries < 150, "it is finished within fifteen seconds");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
