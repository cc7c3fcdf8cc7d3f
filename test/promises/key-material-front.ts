/** A front process for key-material.test.ts: uses keys through the custodian, keeps one data key, wipes the others. */
import { writeHeapSnapshot } from "node:v8";
import { ManualClock } from "../../src/base/index.js";
import { canonicalContext, Secret } from "../../src/crypto/index.js";
import { connectCustodian, type Material } from "../../src/keystore/index.js";

export interface FrontTask {
  readonly socketPath: string;
  readonly tokenBytes: number[];
  readonly materials: readonly Material[];
  readonly snapshotPath: string;
}

export interface FrontDone {
  readonly heldBlob: string;
  readonly wipedBlob: string;
}

const context = canonicalContext({ purpose: "promise" });
/** Held until the process ends, so that its memory holds one data key for certain. */
const held: Secret[] = [];

process.on("message", async (task: FrontTask) => {
  const clock = new ManualClock();
  const token = Secret.own(Buffer.from(task.tokenBytes));
  const keys = connectCustodian({ socketPath: task.socketPath, token, clock });
  for (const material of task.materials) {
    for (let round = 0; round < 100; round++) {
      const blob = await keys.encrypt(material, Buffer.from("strongroom-canary-plaintext"), context);
      (await keys.decrypt(material, blob, context)).fill(0);
      (await keys.generateDataKey(material, 32, context)).plaintext.wipe();
      await keys.reEncrypt({ material, blob, aad: context }, { material, aad: context });
    }
  }
  const [first] = task.materials as [Material]; // there is at least one
  const wiped = await keys.generateDataKey(first, 32, context);
  wiped.plaintext.wipe();
  const kept = await keys.generateDataKey(first, 32, context);
  held.push(kept.plaintext);
  await keys.encrypt(first, Buffer.from("the last call"), context);
  writeHeapSnapshot(task.snapshotPath);
  const done: FrontDone = {
    heldBlob: Buffer.from(kept.blob).toString("base64"),
    wipedBlob: Buffer.from(wiped.blob).toString("base64"),
  };
  process.send?.(done);
});
