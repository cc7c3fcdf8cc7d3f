import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hex, utf8 } from "../base/index.js";
import { Secret } from "../crypto/index.js";
import type { MaterialId } from "./port.js";
import { unlockRoot } from "./root/lifecycle.js";
import type { RootOffer } from "./root/provider.js";
import { Root } from "./root/root.js";
import { rowBinding } from "./software/materials.js";
import { temporaryFolder } from "./testing.js";

interface GoldenRoot {
  readonly kind: "file" | "passphrase" | "shares";
  readonly rootJson: string;
  readonly keyFile: string;
  readonly passphrase: string;
  readonly shares: readonly string[];
  readonly houseKey: string;
}

interface GoldenMaterial {
  readonly master: number;
  readonly id: MaterialId;
  readonly account: string;
  readonly region: string;
  readonly keyId: string;
  readonly wrapped: string;
  readonly material: string;
}

const GOLDEN = join(process.cwd(), "src", "keystore", "golden");
const readGolden = (name: string) => JSON.parse(readFileSync(join(GOLDEN, name), "utf8"));

test("the golden roots of every version open and give the same house key", async () => {
  const roots: readonly GoldenRoot[] = readGolden("root.json");
  assert.deepEqual(
    roots.map(({ kind }) => kind),
    ["file", "passphrase", "shares"],
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

test("the golden rows of key material open", () => {
  const rows: readonly GoldenMaterial[] = readGolden("key-material.json");
  for (const { master, id, account, region, keyId, wrapped, material } of rows) {
    const root = new Root(Secret.own(Buffer.alloc(32, master)));
    const binding = rowBinding({ id, owner: { account, region, keyId } });
    assert.equal(hex(root.domainKey(account, region).open(Buffer.from(wrapped, "hex"), binding)), material);
  }
});

function offerOf({ kind, passphrase, shares }: GoldenRoot): RootOffer {
  if (kind === "file") return { kind };
  return kind === "shares" ? { kind, shares } : { kind, passphrase: Secret.own(utf8(passphrase)) };
}
