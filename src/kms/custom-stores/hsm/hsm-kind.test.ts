import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, AwsError, type Region } from "../../../base/index.js";
import { KeyStoreError, NO_TOKENS, TokenError, type TokenReason, type Tokens } from "../../../keystore/index.js";
import type { KeyId } from "../../key.js";
import { type HsmSettings, StoreConnectionError, StoreFailure, type StoreUse } from "../port.js";
import { hsmKind } from "./hsm-kind.js";

const ANCHOR = "-----BEGIN CERTIFICATE-----\nMIIB\nAAAA\n-----END CERTIFICATE-----\n";
const SETTINGS: HsmSettings = {
  type: "AWS_CLOUDHSM",
  account: "111122223333" as AccountId,
  region: "us-east-1" as Region,
  id: "cks-1",
  clusterId: "cluster-2abcdefghijk",
  trustAnchor: ANCHOR,
  password: "a-password",
};
const USE: StoreUse = { principalArn: "", operation: "", requestId: "" };
const clusters = new Map([
  ["cluster-2abcdefghijk", { trustAnchor: ANCHOR }],
  ["cluster-3abcdefghijk", {}],
]);
const KEY = { account: SETTINGS.account, region: SETTINGS.region, keyId: "1234" as KeyId };

/** Tokens of which every call fails so. */
function failing(error: Error): Tokens {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return { connect: fail, createKey: fail, seal: fail, open: fail, destroyKey: fail, random: fail };
}

const storeOver = (tokens: Tokens) => hsmKind({ tokens, clusters }).open(SETTINGS);
const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => assert.fail("it did not fail"),
    (thrown: unknown) => thrown,
  );

test("a token's failure is called by ConnectCustomKeyStore what AWS calls it", async () => {
  const expected = {
    "no-cluster": "CLUSTER_NOT_FOUND",
    "token-absent": "INSUFFICIENT_CLOUDHSM_HSMS",
    "wrong-pin": "INVALID_CREDENTIALS",
    "pin-locked": "USER_LOCKED_OUT",
    "no-user": "USER_NOT_FOUND",
    "user-busy": "USER_LOGGED_IN",
    unfit: "INTERNAL_ERROR",
    unreachable: "NETWORK_ERRORS",
  };
  for (const [reason, name] of Object.entries(expected)) {
    const store = storeOver(failing(new TokenError(reason as TokenReason))); // the names above
    for (const call of [store.connect(USE), store.checkHealth?.(USE) ?? assert.fail()]) {
      const thrown = await code(call);
      assert.ok(thrown instanceof StoreConnectionError);
      assert.equal(thrown.code, name);
    }
  }
  const gone = await code(storeOver(failing(new KeyStoreError("unreachable"))).connect(USE));
  assert.ok(gone instanceof StoreConnectionError && gone.code === "INTERNAL_ERROR");
});

test("every use that fails in the token is a failure of the store, with a cause and no secret", async () => {
  const reasons: readonly TokenReason[] = [
    "wrong-pin",
    "token-absent",
    "key-not-found",
    "bad-ciphertext",
    "unreachable",
  ];
  for (const error of [...reasons.map((reason) => new TokenError(reason, "C_Login")), new KeyStoreError("sealed")]) {
    const store = storeOver(failing(error));
    const bytes = Buffer.from("bytes");
    for (const call of [
      store.encrypt({ id: "k" }, bytes, bytes, USE),
      store.decrypt({ id: "k" }, bytes, bytes, USE),
      store.destroyKey({ id: "k" }),
      store.randomBytes?.(8) ?? assert.fail(),
    ]) {
      const thrown = await code(call);
      assert.ok(thrown instanceof StoreFailure);
      assert.match(thrown.message, /^(The|This) .*\.$/);
      assert.doesNotMatch(thrown.message, /a-password|C_Login/);
    }
  }
});

test("CreateKey fails in its own words", async () => {
  const thrown = async (error: Error) => {
    const refusal = await code(storeOver(failing(error)).createKey(KEY, USE));
    return refusal instanceof AwsError ? refusal.code : refusal;
  };
  assert.equal(await thrown(new TokenError("unfit")), "CloudHsmClusterInvalidConfigurationException");
  for (const reason of ["wrong-pin", "token-absent", "unreachable"] as const)
    assert.equal(await thrown(new TokenError(reason)), "CustomKeyStoreInvalidStateException");
  assert.equal(await thrown(new KeyStoreError("unreachable")), "CustomKeyStoreInvalidStateException");
  const ours = new Error("a mistake of ours");
  assert.equal(await thrown(ours), ours);
});

test("keys are asked for by the cluster and the password, under their ARN", async () => {
  const said: unknown[] = [];
  const tokens: Tokens = {
    ...NO_TOKENS,
    createKey: async ({ cluster, pin }, label) => {
      said.push([cluster, Buffer.from(pin).toString(), label]);
      return "an id";
    },
  };
  assert.deepEqual(await storeOver(tokens).createKey(KEY, USE), { id: "an id" });
  assert.deepEqual(said, [[SETTINGS.clusterId, "a-password", "arn:aws:kms:us-east-1:111122223333:key/1234"]]);
});

test("a store is checked against the cluster of the settings", async () => {
  const { check } = hsmKind({ tokens: NO_TOKENS, clusters });
  const refusal = async (change: Partial<HsmSettings>, previous?: HsmSettings) => {
    const thrown = await code(check({ ...SETTINGS, ...change }, USE, previous));
    return thrown instanceof AwsError ? thrown.code : thrown;
  };
  await check(SETTINGS, USE);
  await check({ ...SETTINGS, trustAnchor: ANCHOR.replaceAll("\n", "\r\n") }, USE);
  await check({ ...SETTINGS, clusterId: "cluster-3abcdefghijk", trustAnchor: "any" }, USE);
  await check({ ...SETTINGS, password: "another" }, USE, SETTINGS);
  assert.equal(await refusal({ clusterId: "cluster-4abcdefghijk" }), "CloudHsmClusterNotFoundException");
  assert.equal(await refusal({ trustAnchor: ANCHOR.replace("MIIB", "MIIC") }), "IncorrectTrustAnchorException");
  const moved = { clusterId: "cluster-3abcdefghijk" };
  assert.equal(await refusal(moved, SETTINGS), "CloudHsmClusterNotRelatedException");
});
