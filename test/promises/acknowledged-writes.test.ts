/** Promise I5: no acknowledged write is lost by kill -9, and nothing is torn. `STRONGROOM_CRASH_ROUNDS` for more. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { freshSeed, seeded } from "../harness/seeded.js";
import { newFolder, removeFolder } from "../harness/server.js";
import { crashRounds, type Ledger } from "./crash.js";
import type { Stage } from "./row.js";

const ROUNDS = Number(process.env["STRONGROOM_CRASH_ROUNDS"] ?? 4);

test("after kill -9 under load everything acknowledged is there, whole", async (t) => {
  const folder = newFolder("i5");
  t.after(() => removeFolder(folder));
  const chance = seeded(freshSeed());
  t.diagnostic(`STRONGROOM_SEED=${chance.seed}, ${ROUNDS} rounds`);
  let unanswered = 0;
  const ledgers = await crashRounds({
    dataFolder: join(folder, "data"),
    chance,
    rounds: ROUNDS,
    afterRestart: async (stage, all, round) => {
      unanswered += all.filter((ledger) => ledger.pending !== undefined).length;
      const lost = await Promise.all(all.map((ledger) => problemOf(stage, ledger)));
      assert.deepEqual(
        lost.filter((problem) => problem !== undefined),
        [],
        `round ${round}, seed ${chance.seed}`,
      );
    },
  });
  const writes = ledgers.reduce((sum, ledger) => sum + ledger.writes, 0);
  t.diagnostic(`${writes} acknowledged writes to ${ledgers.length} registers, ${unanswered} cut off`);
  assert.ok(writes > 3 * ledgers.length, "the registers were under load");
  assert.ok(unanswered > 0, "the kill came in the middle of writes");
});

/** What is wrong with a register after the restart. What was seen stands from then on. */
async function problemOf(stage: Stage, ledger: Ledger): Promise<string | undefined> {
  const { register, acknowledged, pending } = ledger;
  const read = await register.read(stage).catch((thrown) => `${thrown}`);
  if (read !== acknowledged && read !== pending)
    return `${register.name}: acknowledged ${acknowledged}, in flight ${pending}, read ${read}`;
  ledger.acknowledged = read;
  ledger.pending = undefined;
  return undefined;
}
