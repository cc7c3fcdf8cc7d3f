/**
 * What the records of key pairs and HMAC keys hold (kms 13.3, 13.4): which key, which algorithm, which kind of message;
 * never the message, the signature, the MAC, a public key or a secret.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { newFolder, removeFolder, startServer } from "../harness/server.js";
import { readTrail } from "../harness/trail.js";
import { Canaries } from "./canaries.js";
import { PEER, plantInAllKinds } from "./services/kms-kinds.js";
import { stageOf } from "./stage.js";

const folder = newFolder("trail-kinds");
after(() => removeFolder(folder));

const SHOWN: Readonly<Record<string, readonly string[]>> = {
  Sign: ["keyId", "messageType", "signingAlgorithm"],
  Verify: ["keyId", "messageType", "signingAlgorithm"],
  GenerateMac: ["keyId", "macAlgorithm"],
  VerifyMac: ["keyId", "macAlgorithm"],
  DeriveSharedSecret: ["keyAgreementAlgorithm", "keyId"],
  Encapsulate: ["encapsulationAlgorithm", "keyId"],
  Decapsulate: ["encapsulationAlgorithm", "keyId"],
  GenerateDataKeyPair: ["encryptionContext", "keyId", "keyPairSpec"],
  Encrypt: ["encryptionAlgorithm", "keyId"],
  Decrypt: ["encryptionAlgorithm", "keyId"],
};

test("the trail tells of every use, as reading, and of nothing that was used or made", async () => {
  const canaries = new Canaries();
  const server = await startServer({ dataFolder: join(folder, "data") });
  await plantInAllKinds(await stageOf(server), canaries);
  await server.stop();
  const { records } = await readTrail(server.dataFolder);
  for (const [name, members] of Object.entries(SHOWN)) {
    const told = records.filter((record) => record.eventName === name);
    assert.ok(told.length > 0, `${name} is told`);
    for (const { requestParameters, responseElements, readOnly, resources } of told) {
      assert.deepEqual(Object.keys(requestParameters ?? {}).sort(), members, name);
      assert.deepEqual([responseElements, readOnly, resources?.length], [null, true, 1], name);
    }
  }
  canaries.secret("the peer's public key", PEER);
  const text = Buffer.from(JSON.stringify(records));
  assert.deepEqual(canaries.searchBytes("the trail", text), []);
});
