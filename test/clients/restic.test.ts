/** restic: back up, check all data, change, back up again, restore both states, forget and prune. */
import assert from "node:assert/strict";
import { appendFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertSameTree, openStage, type ToolStage, withoutProgram } from "./s3-tools.js";

const skip = await withoutProgram("restic");
let stage: ToolStage;

before(async () => {
  if (skip === false) stage = await openStage("restic");
});
after(async () => {
  if (skip === false) await stage.end();
});

function restic(args: readonly string[]): Promise<string> {
  const environment = {
    RESTIC_REPOSITORY: `s3:${stage.server.endpoint}/restic-bucket`,
    RESTIC_PASSWORD: "a password of the test",
    RESTIC_CACHE_DIR: join(stage.folder, "cache"),
  };
  return stage.run("restic", args, { environment, folder: stage.tree });
}

test("two backups are checked byte by byte, and each is restored as it was", { skip }, async () => {
  const { tree, folder } = stage;
  await restic(["init"]);
  await restic(["backup", "."]);
  cpSync(tree, join(folder, "first"), { recursive: true });
  appendFileSync(join(tree, "awkward", "part"), "more");
  await restic(["backup", "."]);
  assert.match(await restic(["check", "--read-data"]), /no errors were found/);

  const snapshots: unknown = JSON.parse(await restic(["snapshots", "--json"]));
  assert.ok(Array.isArray(snapshots) && snapshots.length === 2);
  const [first, second] = snapshots.map((snapshot: { short_id: string }) => snapshot.short_id);
  await restic(["restore", String(first), "--target", join(folder, "restored-1")]);
  await assertSameTree(join(folder, "restored-1"), join(folder, "first"));
  await restic(["restore", String(second), "--target", join(folder, "restored-2")]);
  await assertSameTree(join(folder, "restored-2"), tree);

  await restic(["forget", "--keep-last", "1", "--prune"]);
  assert.match(await restic(["check", "--read-data"]), /no errors were found/);
});
