import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Server, startServer } from "../harness/server.js";
import { authorityCases, conditionCases, told } from "./cases.js";
import { LiveWorld } from "./live.js";

// Every case of the matrix again, now on the running server and through the official client (claims P1, P2, P4, P7).

let server: Server;
let world: LiveWorld;
before(async () => {
  server = await startServer();
  world = await LiveWorld.make(server);
});
after(() => server.stop());

const AT_ONCE = 8;

/** What let a caller pass is not told to clients. */
const seen = (expect: string) => (expect.startsWith("allowed") ? "allowed" : expect);

async function checkAll<Case extends { readonly expect: string }>(
  cases: readonly Case[],
  atOnce: number,
  run: (each: Case) => Promise<string>,
): Promise<void> {
  const waiting = [...cases];
  const worker = async () => {
    for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
      assert.equal(await run(each), seen(each.expect), told(each));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

for (const [name, cases] of authorityCases) {
  test(`server: ${name}, ${cases.length} cases`, () => checkAll(cases, AT_ONCE, (each) => world.authority(each)));
}

// One after another: they all change the same user's policy.
test(`server: ${conditionCases.length} conditions`, () => checkAll(conditionCases, 1, (each) => world.condition(each)));
