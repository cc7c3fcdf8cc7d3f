import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AwsError } from "../../../base/index.js";
import { CLUSTER, openStoreTestService, PROXY, type StoreTestService } from "../test-stores.js";
import { as } from "../testing.js";

let kms: StoreTestService;
before(async () => {
  kms = await openStoreTestService();
});
after(() => kms.close());

const CREDENTIAL = {
  AccessKeyId: "QRSTUVWXYZ234567ABCD",
  RawSecretAccessKey: "9876543210987654321098765432109876543210987",
};
const update = (CustomKeyStoreId: string, change: object) =>
  kms.call("UpdateCustomKeyStore", { CustomKeyStoreId, ...change });
const refused = async (CustomKeyStoreId: string, change: object) =>
  (await kms.refused("UpdateCustomKeyStore", { CustomKeyStoreId, ...change })).split(":")[0];
const proxyOf = async (CustomKeyStoreId: string) =>
  (await kms.call("DescribeCustomKeyStores", { CustomKeyStoreId })).CustomKeyStores[0]?.XksProxyConfiguration;

test("a disconnected store takes any change, and its proxy is asked", async () => {
  const id = await kms.newStore("any");
  const asked = kms.xks.asked.length;
  assert.deepEqual(
    await update(id, { XksProxyUriEndpoint: "https://new.example.com", NewCustomKeyStoreName: "renamed" }),
    {},
  );
  assert.equal(kms.xks.asked.length, asked + 1);
  assert.equal(kms.xks.asked.at(-1)?.use.operation, "UpdateCustomKeyStore");
  assert.equal((await proxyOf(id))?.UriEndpoint, "https://new.example.com");
  await update(id, { NewCustomKeyStoreName: "again" });
  assert.equal(kms.xks.asked.length, asked + 1, "a name is nobody's but ours");
});

test("a connected one takes name, credential and path", async () => {
  const id = await kms.newConnectedStore("connected");
  await update(id, { NewCustomKeyStoreName: "still connected" });
  await update(id, { XksProxyAuthenticationCredential: CREDENTIAL, XksProxyUriPath: "/new/kms/xks/v1" });
  assert.equal((await proxyOf(id))?.AccessKeyId, CREDENTIAL.AccessKeyId);
  assert.equal(await kms.stateOf(id), "CONNECTED");
  const change = { XksProxyUriEndpoint: "https://other.example.com" };
  assert.equal(await refused(id, change), "CustomKeyStoreInvalidStateException");
  const cluster = await kms.newConnectedStore("cluster", CLUSTER);
  await update(cluster, { NewCustomKeyStoreName: "my cluster" });
  assert.equal(await refused(cluster, { KeyStorePassword: "another" }), "CustomKeyStoreInvalidStateException");
});

test("what the proxy refuses, what others have and what does not go with the type changes nothing", async () => {
  const id = await kms.newStore("stays", { ...PROXY, XksProxyUriEndpoint: "https://stays.example.com" });
  kms.xks.failure = new AwsError("XksProxyInvalidResponseException", "what?");
  assert.equal(await refused(id, { XksProxyUriPath: "/b/kms/xks/v1" }), "XksProxyInvalidResponseException");
  kms.xks.failure = undefined;
  assert.equal(await refused(id, { NewCustomKeyStoreName: "my cluster" }), "CustomKeyStoreNameInUseException");
  assert.equal(await refused(id, { KeyStorePassword: "kmsPswd" }), "ValidationException");
  assert.equal(await refused(id, { XksProxyConnectivity: "VPC_ENDPOINT_SERVICE" }), "ValidationException");
  assert.equal(await refused("cks-1", {}), "CustomKeyStoreNotFoundException");
  const input = { CustomKeyStoreId: id, NewCustomKeyStoreName: "bob's" };
  assert.match(await kms.refused("UpdateCustomKeyStore", input, as("bob")), /^AccessDeniedException/);
  assert.equal((await proxyOf(id))?.UriPath, PROXY.XksProxyUriPath);
});

test("its connectivity can be changed with all that goes with it", async () => {
  const id = await kms.newStore("moving");
  const service = "com.amazonaws.vpce.us-east-1.vpce-svc-1";
  await update(id, { XksProxyConnectivity: "VPC_ENDPOINT_SERVICE", XksProxyVpcEndpointServiceName: service });
  assert.equal((await proxyOf(id))?.VpcEndpointServiceName, service);
  await update(id, { XksProxyConnectivity: "PUBLIC_ENDPOINT" });
  assert.equal((await proxyOf(id))?.VpcEndpointServiceName, undefined);
});
