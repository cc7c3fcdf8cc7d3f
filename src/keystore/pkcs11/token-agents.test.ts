import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Clock, type Log, ManualClock, silentLog, utf8 } from "../../base/index.js";
import { agentLauncher, type LaunchAgent } from "./launch.js";
import type { TokenUse } from "./port.js";
import { newSoftHsm, type SoftHsm, withoutSoftHsm } from "./testing.js";
import { TokenAgents } from "./token-agents.js";
import type { TokenReason } from "./token-error.js";

const skip = withoutSoftHsm;
const CLUSTER = "cluster-2222222222a";
const AAD = utf8("context");
let hsm: SoftHsm;

before(() => {
  if (!skip) hsm = newSoftHsm();
});
after(() => hsm?.remove());

const refuses = (call: Promise<unknown>, reason: TokenReason) => assert.rejects(call, { name: "TokenError", reason });
const use = (pin = hsm.pin, cluster = CLUSTER): TokenUse => ({ cluster, pin: utf8(pin) });

interface Setting {
  readonly launch?: LaunchAgent;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Agents on the test's token, the processes they start, and their end. */
async function withAgents(body: (tokens: TokenAgents, children: number[]) => Promise<void>, setting: Setting = {}) {
  const children: number[] = [];
  const launch = () => {
    const child = (setting.launch ?? hsm.launch)();
    children.push(child.pid ?? 0);
    return child;
  };
  const clock = setting.clock ?? new ManualClock();
  const clusters = new Map([[CLUSTER, hsm.place]]);
  const tokens = new TokenAgents({ clusters, launch, clock, log: setting.log ?? silentLog });
  try {
    await body(tokens, children);
  } finally {
    tokens.close();
  }
}

test("a key is born in the token, seals there, and opens only what it sealed, bound to its context", { skip }, () =>
  withAgents(async (tokens) => {
    const key = await tokens.createKey(use(), "a key of the test");
    const sealed = await tokens.seal(use(), key, utf8("secret text"), AAD);
    assert.equal(sealed.length, 11 + 44);
    assert.deepEqual(await tokens.open(use(), key, sealed, AAD), utf8("secret text"));
    assert.notDeepEqual(await tokens.seal(use(), key, utf8("secret text"), AAD), sealed);
    const other = await tokens.createKey(use(), "another key");
    await refuses(tokens.open(use(), other, sealed, AAD), "bad-ciphertext");
    await refuses(tokens.open(use(), key, sealed, utf8("contexT")), "bad-ciphertext");
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await refuses(tokens.open(use(), key, changed, AAD), "bad-ciphertext");
    }
    for (const length of [0, 1, 27, 43, sealed.length - 1])
      await refuses(tokens.open(use(), key, sealed.subarray(0, length), AAD), "bad-ciphertext");
  }),
);

test(
  "what an operator's own tool sees: there, sensitive, never extractable, and not to be read or used",
  { skip },
  () =>
    withAgents(async (tokens) => {
      const key = await tokens.createKey(use(), "seen from outside");
      const shown = hsm
        .list()
        .split("Secret Key Object")
        .find((object) => object.includes(key));
      assert.match(shown ?? "", /AES length 32/);
      assert.match(shown ?? "", /label:\s+seen from outside/);
      assert.match(shown ?? "", /Usage:\s+derive\s*$/m);
      assert.match(shown ?? "", /Access:\s+sensitive, always sensitive, never extractable, local/);
      assert.throws(() => hsm.tool("--read-object", "--type", "secrkey", "--id", key));
      await tokens.destroyKey(use(), key);
      assert.ok(!hsm.list().includes(key));
      await refuses(tokens.seal(use(), key, utf8("x"), AAD), "key-not-found");
      await tokens.destroyKey(use(), key);
      await refuses(tokens.seal(use(), "not an id", utf8("x"), AAD), "key-not-found");
    }),
);

test(
  "a wrong PIN is refused, also while the right one is logged in, and is not offered to the token twice",
  { skip },
  () =>
    withAgents(async (tokens, children) => {
      await refuses(tokens.createKey(use("wrong"), "no"), "wrong-pin");
      await tokens.connect(use());
      await refuses(tokens.random(use("wrong"), 8), "wrong-pin");
      assert.equal((await tokens.random(use(), 8)).length, 8);
      await refuses(tokens.connect(use("wrong")), "wrong-pin");
      assert.equal((await tokens.random(use(), 8)).length, 8);
      await refuses(tokens.random(use("longer-than-it"), 8), "wrong-pin");
      await refuses(tokens.connect(use(hsm.pin, "cluster-9999999999a")), "no-cluster");
      assert.equal(children.length, 1);
    }),
);

test("the PIN is in no argument, environment or log", { skip }, async () => {
  const lines: unknown[] = [];
  const note = (...line: unknown[]) => void lines.push(line);
  const log = { info: note, warn: note, error: note };
  await withAgents(
    async (tokens, [child]) => {
      assert.equal(child, undefined);
      await tokens.connect(use());
      await refuses(tokens.connect(use("a wrong one")), "wrong-pin");
    },
    { log },
  );
  await withAgents(
    async (tokens, children) => {
      await tokens.connect(use());
      for (const file of ["cmdline", "environ"])
        assert.ok(!readFileSync(`/proc/${children[0]}/${file}`).includes(hsm.pin), file);
    },
    { log },
  );
  assert.ok(lines.length > 0);
  assert.ok(!/user-pin|a wrong one/.test(JSON.stringify(lines)));
});

test("a token that was away is found again, and so is one whose agent was killed", { skip }, () => {
  const clock = new ManualClock();
  return withAgents(
    async (tokens, children) => {
      const key = await tokens.createKey(use(), "lasting");
      const sealed = await tokens.seal(use(), key, utf8("kept"), AAD);
      hsm.pull();
      try {
        for (let i = 0; i < 3; i++) await assert.rejects(tokens.open(use(), key, sealed, AAD), { name: "TokenError" });
        await assert.rejects(tokens.connect(use()), { name: "TokenError" });
      } finally {
        hsm.putBack();
      }
      assert.deepEqual(await tokens.open(use(), key, sealed, AAD), utf8("kept"));
      assert.equal(children.length, 1);

      process.kill(children[0] ?? 0, "SIGKILL");
      const results = await Promise.allSettled([tokens.open(use(), key, sealed, AAD)]);
      assert.ok(results[0]?.status === "rejected" || results[0]?.value.equals(utf8("kept")));
      clock.advance(1000);
      await eventually(async () => assert.deepEqual(await tokens.open(use(), key, sealed, AAD), utf8("kept")));
      assert.equal(children.length, 2);
    },
    { clock },
  );
});

test("a key removed behind our back is missed, and the others still work", { skip }, () =>
  withAgents(async (tokens) => {
    const [gone, kept] = [await tokens.createKey(use(), "gone"), await tokens.createKey(use(), "kept")];
    await tokens.seal(use(), gone, utf8("x"), AAD);
    hsm.tool("--delete-object", "--type", "secrkey", "--id", gone);
    await refuses(tokens.seal(use(), gone, utf8("x"), AAD), "key-not-found");
    assert.equal((await tokens.seal(use(), kept, utf8("x"), AAD)).length, 45);
  }),
);

const TEST_AGENT = fileURLToPath(new URL("./test-agent.js", import.meta.url));

test("a silent agent is killed at its deadline, and all that waited fail", { skip }, () => {
  const clock = new ManualClock();
  const launch = agentLauncher(TEST_AGENT, { TEST_AGENT: "silent" });
  return withAgents(
    async (tokens, children) => {
      const waiting = [tokens.random(use(), 8), tokens.connect(use())].map((call) => refuses(call, "unreachable"));
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10_000);
      await Promise.all(waiting);
      await eventually(() => assert.throws(() => process.kill(children[0] ?? 0, 0)));
    },
    { clock, launch },
  );
});

test("an agent that dies at once is not born again at every request", { skip }, () => {
  const clock = new ManualClock();
  const launch = agentLauncher(TEST_AGENT, { TEST_AGENT: "dying" });
  return withAgents(
    async (tokens, children) => {
      for (let i = 0; i < 5; i++) await refuses(tokens.random(use(), 8), "unreachable");
      assert.equal(children.length, 1);
      clock.advance(1000);
      await refuses(tokens.random(use(), 8), "unreachable");
      assert.equal(children.length, 2);
    },
    { clock, launch },
  );
});

test("an agent stays when a signal reaches every process of the server", { skip }, () =>
  withAgents(async (tokens, children) => {
    await tokens.connect(use());
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(children[0] ?? 0, signal);
    for (let i = 0; i < 3; i++) await tokens.random(use(), 8);
    assert.equal(children.length, 1);
  }),
);

test("an agent ends with its parent", { skip }, async () => {
  const child = hsm.launch();
  child.disconnect();
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});

test("what is no PKCS#11 module, or not there, is unreachable and takes nobody with it", { skip }, async () => {
  for (const module of ["/nonexistent.so", "/proc/self/exe"]) {
    const clusters = new Map([[CLUSTER, { module, token: "vault" }]]);
    const tokens = new TokenAgents({ clusters, launch: hsm.launch, clock: new ManualClock(), log: silentLog });
    await refuses(tokens.connect(use()), "unreachable");
    tokens.close();
  }
  const clusters = new Map([[CLUSTER, { ...hsm.place, token: "vaul" }]]);
  const tokens = new TokenAgents({ clusters, launch: hsm.launch, clock: new ManualClock(), log: silentLog });
  await refuses(tokens.connect(use()), "token-absent");
  tokens.close();
});

async function eventually(check: () => Promise<void> | void): Promise<void> {
  for (let tries = 200; ; tries--) {
    try {
      return await check();
    } catch (thrown) {
      if (tries === 0) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
