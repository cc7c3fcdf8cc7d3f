import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { utf8 } from "../../base/index.js";
import { canonicalContext, newSecret } from "../../crypto/index.js";
import { openSqlite } from "../../store/index.js";
import type { MaterialId } from "../port.js";
import { KEYSTORE_FILE, Root } from "../root/root.js";
import { temporaryFolder } from "../testing.js";
import { rowBinding } from "./materials.js";
import { openSoftwareKeyStore } from "./open.js";
import { KEYSTORE_PURPOSE } from "./software-key-store.js";
import { KEYSTORE_MIGRATIONS } from "./store.js";

const OWNER = { account: "111122223333", region: "us-east-1", keyId: "mrk-0123456789abcdef0123456789abcdef" };
const AAD = canonicalContext({ purpose: "migration" });

test("a key store that was written by the first schema opens with the newest, and its material can be copied", async () => {
  const folder = temporaryFolder();
  const root = new Root(newSecret());
  const path = join(folder.path, KEYSTORE_FILE);
  const first = KEYSTORE_MIGRATIONS.slice(0, 1);
  const old = await openSqlite({ path, key: root.houseKey(KEYSTORE_PURPOSE), migrations: first });
  const material = { id: "a".repeat(64) as MaterialId, owner: OWNER }; // sixty-four hex digits
  const wrapped = root.domainKey(OWNER.account, OWNER.region).seal(randomBytes(32), rowBinding(material));
  await old.write((tx) =>
    tx.run(
      "INSERT INTO material (id, account, region, key_id, wrapped) VALUES (?, ?, ?, ?, ?)",
      material.id,
      OWNER.account,
      OWNER.region,
      OWNER.keyId,
      wrapped,
    ),
  );
  await old.close();

  const { keyStore, close } = await openSoftwareKeyStore(folder.path, root);
  const blob = await keyStore.encrypt(material, utf8("kept"), AAD);
  const copy = await keyStore.copyMaterial(material, "eu-west-1");
  await keyStore.destroy(material);
  assert.deepEqual(await keyStore.decrypt(copy, blob, AAD), utf8("kept"));
  await close();
  const again = await openSoftwareKeyStore(folder.path, root);
  assert.deepEqual(await again.keyStore.decrypt(copy, blob, AAD), utf8("kept"));
  await again.close();
  folder.remove();
});
