import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hex, utf8 } from "../base/index.js";
import { type MaterialSpec, Secret, verify } from "../crypto/index.js";
import { openSqlite } from "../store/index.js";
import { memoryToken } from "./pkcs11/test-token.js";
import type { KeyStore, MaterialId } from "./port.js";
import { unlockRoot } from "./root/lifecycle.js";
import type { RootOffer } from "./root/provider.js";
import { KEYSTORE_FILE, Root } from "./root/root.js";
import { memoryKms } from "./root/test-kms.js";
import { rowBinding } from "./software/materials.js";
import { openSoftwareKeyStore } from "./software/open.js";
import { KEYSTORE_PURPOSE, SoftwareKeyStore } from "./software/software-key-store.js";
import { KEYSTORE_MIGRATIONS, putMaterial } from "./software/store.js";
import { softwareKeyStore, temporaryFolder } from "./testing.js";

interface GoldenRoot {
  readonly kind: "file" | "passphrase" | "shares" | "pkcs11" | "kms";
  readonly rootJson: string;
  readonly keyFile: string;
  readonly passphrase: string;
  readonly shares: readonly string[];
  /** The value of the token's key, which a token would not tell. */
  readonly tokenKey?: string;
  readonly pin?: string;
  /** The name that the other KMS's key is made of. */
  readonly kms?: string;
  readonly houseKey: string;
}

interface GoldenMaterial {
  /** Version 1 had no spec: all its material is symmetric. */
  readonly version: 1 | 2;
  readonly spec?: MaterialSpec;
  readonly master: number;
  readonly id: MaterialId;
  readonly account: string;
  readonly region: string;
  readonly keyId: string;
  readonly wrapped: string;
  readonly material: string;
  readonly publicKey?: string;
  /** Of the word "golden", for HMAC keys. */
  readonly tag?: string;
  readonly ciphertext?: string;
  readonly sharedSecret?: string;
}

const GOLDEN = join(process.cwd(), "src", "keystore", "golden");
const readGolden = (name: string) => JSON.parse(readFileSync(join(GOLDEN, name), "utf8"));

test("the golden roots of every version open and give the same house key", async () => {
  const roots: readonly GoldenRoot[] = readGolden("root.json");
  assert.deepEqual(
    roots.map(({ kind }) => kind),
    ["file", "passphrase", "shares", "pkcs11", "kms"],
  );
  for (const golden of roots) {
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, "root.json"), golden.rootJson, { mode: 0o600 });
    if (golden.kind === "file") {
      writeFileSync(join(folder.path, "root.key"), Buffer.from(golden.keyFile, "hex"), { mode: 0o600 });
    }
    const root = await unlockRoot(folder.path, offerOf(golden));
    assert.equal(root.houseKey("golden").use(hex), golden.houseKey);
    folder.remove();
  }
});

test("the golden rows of key material open, and say the same bytes", () => {
  const rows: readonly GoldenMaterial[] = readGolden("key-material.json");
  assert.deepEqual(
    rows.map(({ version, spec }) => spec ?? version),
    [
      1,
      "SYMMETRIC_DEFAULT",
      "HMAC_384",
      "RSA_2048",
      "ECC_NIST_P256",
      "ECC_NIST_EDWARDS25519",
      "ML_DSA_65",
      "ML_KEM_768",
    ],
  );
  for (const { master, id, account, region, keyId, wrapped, material, spec } of rows) {
    const root = new Root(Secret.own(Buffer.alloc(32, master)));
    const binding = rowBinding({ id, owner: { account, region, keyId } }, spec);
    assert.equal(hex(root.domainKey(account, region).open(Buffer.from(wrapped, "hex"), binding)), material);
  }
});

test("a keystore.db from before there were specs opens, and its rows are used beside new ones", async () => {
  const rows: readonly GoldenMaterial[] = readGolden("key-material.json");
  const folder = temporaryFolder();
  const root = new Root(Secret.own(Buffer.alloc(32, rows[0]?.master)));
  await writeOld(folder.path, root, rows[0]!);
  const { keyStore, database, close } = await openSoftwareKeyStore(folder.path, root);
  for (const row of rows.slice(1))
    await putMaterial(database, {
      ...row,
      key_id: row.keyId,
      spec: row.spec!,
      wrapped: Buffer.from(row.wrapped, "hex"),
    });
  for (const row of rows) await useGolden(keyStore, row);
  await close();
  folder.remove();
});

test("a row whose spec was taken away or changed does not open", async () => {
  const { database, store, root, close } = await softwareKeyStore();
  const owner = { account: "111122223333", region: "us-east-1", keyId: "some-key" };
  for (const spec of [null, "HMAC_256"]) {
    const material = await store.createMaterial({ ...owner, keyId: `key-${spec}` });
    await database.write((tx) => tx.run("UPDATE material SET spec = ? WHERE id = ?", spec, material.id));
    const fresh = new SoftwareKeyStore(database, root);
    await assert.rejects(fresh.encrypt(material, Buffer.alloc(1), Buffer.alloc(4)), { name: "BrokenSeal" });
  }
  await close();
});

/** What the first version wrote: its table, and its row. */
async function writeOld(folder: string, root: Root, row: GoldenMaterial): Promise<void> {
  const key = root.houseKey(KEYSTORE_PURPOSE);
  const path = join(folder, KEYSTORE_FILE);
  const old = await openSqlite({ path, key, migrations: KEYSTORE_MIGRATIONS.slice(0, 1) });
  const { id, account, region, keyId, wrapped } = row;
  const insert = "INSERT INTO material (id, account, region, key_id, wrapped) VALUES (?, ?, ?, ?, ?)";
  await old.write((tx) => tx.run(insert, id, account, region, keyId, Buffer.from(wrapped, "hex")));
  await old.close();
}

async function useGolden(store: KeyStore, row: GoldenMaterial): Promise<void> {
  const material = { id: row.id, owner: { account: row.account, region: row.region, keyId: row.keyId } };
  const [message, spec] = [utf8("golden"), row.spec ?? "SYMMETRIC_DEFAULT"];
  if (spec === "SYMMETRIC_DEFAULT") {
    const blob = await store.encrypt(material, message, Buffer.alloc(4));
    assert.deepEqual(await store.decrypt(material, blob, Buffer.alloc(4)), message);
  } else if (row.tag !== undefined) {
    assert.equal(hex(await store.mac(material, "HMAC_SHA_384", message)), row.tag);
  } else if (row.ciphertext !== undefined) {
    assert.equal(hex(await store.decapsulate(material, Buffer.from(row.ciphertext, "hex"))), row.sharedSecret);
  } else {
    const [pair, algorithm] = SIGNERS.find(([it]) => it === spec) ?? assert.fail(spec);
    const signature = await store.sign(material, algorithm, "RAW", message);
    assert.ok(await verify(pair, Buffer.from(row.publicKey ?? "", "hex"), algorithm, "RAW", message, signature), spec);
  }
}

const SIGNERS = [
  ["RSA_2048", "RSASSA_PSS_SHA_256"],
  ["ECC_NIST_P256", "ECDSA_SHA_256"],
  ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512"],
  ["ML_DSA_65", "ML_DSA_SHAKE_256"],
] as const;

function offerOf(golden: GoldenRoot): RootOffer {
  const { kind, passphrase, shares, rootJson, tokenKey = "", pin = "", kms = "" } = golden;
  if (kind === "file") return { kind };
  if (kind === "kms") return { kind, callKms: memoryKms(kms) };
  if (kind === "pkcs11") {
    const keys = new Map([[JSON.parse(rootJson).provider.key as string, Buffer.from(tokenKey, "hex")]]); // as it is written
    return { kind, pin: Secret.own(utf8(pin)), openToken: () => memoryToken(keys, pin) };
  }
  return kind === "shares" ? { kind, shares } : { kind, passphrase: Secret.own(utf8(passphrase)) };
}
