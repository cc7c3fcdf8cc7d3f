import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AwsError } from "../../../base/index.js";
import { CLUSTER, openStoreTestService, PROXY, type StoreTestService } from "../test-stores.js";
import { allow, as, openTestService } from "../testing.js";

let kms: StoreTestService;
before(async () => {
  kms = await openStoreTestService();
});
after(() => kms.close());

const named = (CustomKeyStoreName: string, more: object = {}) => ({ ...PROXY, CustomKeyStoreName, ...more });
const at = (host: string) => ({ XksProxyUriEndpoint: `https://${host}.example.com` });
const vpc = (service: string) => ({
  XksProxyConnectivity: "VPC_ENDPOINT_SERVICE",
  XksProxyVpcEndpointServiceName: `com.amazonaws.vpce.us-east-1.vpce-svc-${service}`,
});
const create = (input: object) => kms.call("CreateCustomKeyStore", input);
const refused = async (input: object) => (await kms.refused("CreateCustomKeyStore", input)).split(":")[0];

test("a store begins disconnected, after its proxy was asked in the call's name", async () => {
  const { CustomKeyStoreId } = await create(named("first", at("first")));
  assert.match(CustomKeyStoreId, /^cks-[0-9a-f]{17}$/);
  assert.equal(await kms.stateOf(CustomKeyStoreId), "DISCONNECTED");
  const [asked] = kms.xks.asked;
  assert.equal(asked?.what, "check");
  assert.equal(asked?.use.operation, "CreateCustomKeyStore");
});

test("members of another type, and missing ones, are refused before anybody is asked", async () => {
  const before = kms.xks.asked.length;
  const without = (name: string) => Object.fromEntries(Object.entries(named("x")).filter(([each]) => each !== name));
  for (const name of Object.keys(PROXY).filter((each) => each !== "CustomKeyStoreType"))
    assert.equal(await refused(without(name)), "ValidationException", name);
  assert.equal(await refused(named("x", { KeyStorePassword: "kmsPswd" })), "ValidationException");
  assert.equal(await refused(named("x", { XksProxyConnectivity: "VPC_ENDPOINT_SERVICE" })), "ValidationException");
  assert.equal(
    await refused(named("x", { ...vpc("1"), XksProxyConnectivity: "PUBLIC_ENDPOINT" })),
    "ValidationException",
  );
  assert.equal(
    await refused({ CustomKeyStoreName: "x", ...CLUSTER, KeyStorePassword: undefined }),
    "ValidationException",
  );
  assert.equal(await refused({ CustomKeyStoreName: "x", ...CLUSTER, ...at("y") }), "ValidationException");
  assert.equal(kms.xks.asked.length, before);
});

test("names, proxies and clusters belong to one store", async () => {
  await create(named("taken", at("taken")));
  assert.equal(await refused(named("taken", at("other"))), "CustomKeyStoreNameInUseException");
  assert.equal(await refused(named("other", at("TAKEN"))), "XksProxyUriInUseException");
  await create(named("other path", { ...at("taken"), XksProxyUriPath: "/b/kms/xks/v1" }));
  const shared = { ...at("taken"), XksProxyUriPath: "/c/kms/xks/v1", ...vpc("1") };
  assert.equal(await refused(named("vpc", shared)), "XksProxyUriEndpointInUseException");
  await create(named("vpc", { ...at("private"), ...vpc("1") }));
  assert.equal(
    await refused(named("vpc 2", { ...at("private2"), ...vpc("1") })),
    "XksProxyVpcEndpointServiceInUseException",
  );
  await create({ CustomKeyStoreName: "cluster", ...CLUSTER });
  assert.equal(await refused({ CustomKeyStoreName: "cluster 2", ...CLUSTER }), "CloudHsmClusterInUseException");
});

test("a proxy that refuses leaves no store behind, and the tenth is the last", async () => {
  kms.xks.failure = new AwsError("XksProxyUriUnreachableException", "gone");
  assert.equal(await refused(named("unreachable", at("unreachable"))), "XksProxyUriUnreachableException");
  kms.xks.failure = undefined;
  const count = async () => (await kms.call("DescribeCustomKeyStores", {})).CustomKeyStores.length;
  for (let number = await count(); number < 10; number++) await create(named(`n${number}`, at(`n${number}`)));
  assert.equal(await count(), 10);
  assert.equal(await refused(named("eleventh", at("eleventh"))), "LimitExceededException");
});

test("the record holds neither password, certificate nor credential", async () => {
  const own = await openStoreTestService();
  const cluster = await own.recorded("CreateCustomKeyStore", { CustomKeyStoreName: "c", ...CLUSTER });
  assert.deepEqual(cluster.request, { customKeyStoreName: "c", cloudHsmClusterId: CLUSTER.CloudHsmClusterId });
  assert.deepEqual(cluster.notes.additionalEventData, {
    customKeyStoreName: "c",
    clusterId: CLUSTER.CloudHsmClusterId,
  });
  const proxy = await own.recorded("CreateCustomKeyStore", named("p"));
  assert.equal(proxy.request?.["xksProxyAuthenticationCredential"], "HIDDEN_DUE_TO_SECURITY_REASONS");
  assert.match(String(proxy.response?.["customKeyStoreId"]), /^cks-/);
  await own.close();
});

test("identity policies decide, and without clusters none is found", async () => {
  const own = await openTestService();
  const input = { CustomKeyStoreName: "c", ...CLUSTER };
  assert.match(await own.refused("CreateCustomKeyStore", input, as("bob")), /^AccessDeniedException.* on resource: \*/);
  const bob = as("bob", allow("kms:CreateCustomKeyStore"));
  assert.match(await own.refused("CreateCustomKeyStore", input, bob), /^CloudHsmClusterNotFoundException/);
  await own.close();
});
