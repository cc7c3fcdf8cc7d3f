/** Promise I8: nothing leaves the machine. The whole house works without a network, and does not even try to reach one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../harness/clients.js";
import type { OfflineReport } from "./offline-inside.js";

/** A network of its own that has loopback alone; an ordinary user may make one where the system allows it. */
const cut = (script: string) =>
  runProgram("unshare", ["--map-root-user", "--net", "sh", "-c", `ip link set lo up && ${script}`]);

const permitted = await cut("true").catch(() => undefined);
const skip = permitted?.code === 0 ? false : "a network namespace cannot be made here (unshare, ip)";

test("with the network cut every service writes and reads, and no connection outwards is tried", {
  skip,
}, async (t) => {
  const inside = fileURLToPath(new URL("./offline-inside.js", import.meta.url));
  const done = await cut(`exec "${process.execPath}" "${inside}"`);
  assert.equal(done.code, 0, done.stderr);
  const report: OfflineReport = JSON.parse(done.stdout);
  assert.deepEqual(report.interfaces, ["lo"]);
  for (const [name, value] of Object.entries(report.values)) assert.equal(value, report.expected, name);
  const [before, after, onPurpose] = report.noRoute;
  t.diagnostic(`${Object.keys(report.values).length} registers; attempts without a route: ${report.noRoute}`);
  assert.equal(after, before, "nothing tried to leave");
  assert.ok(onPurpose > after, "the kernel counts what tries");
});
