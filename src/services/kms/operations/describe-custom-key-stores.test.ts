import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CLUSTER, openStoreTestService, PROXY, type StoreTestService } from "../test-stores.js";
import { as } from "../testing.js";

let kms: StoreTestService;
before(async () => {
  kms = await openStoreTestService();
});
after(() => kms.close());

const describe = (input: object = {}) => kms.call("DescribeCustomKeyStores", input);

test("all is told but secrets", async () => {
  const CustomKeyStoreId = await kms.newStore("proxy", PROXY);
  const { CustomKeyStores } = await describe({ CustomKeyStoreId });
  assert.deepEqual(CustomKeyStores, [
    {
      CustomKeyStoreId,
      CustomKeyStoreName: "proxy",
      CustomKeyStoreType: "EXTERNAL_KEY_STORE",
      CreationDate: kms.clock.now(),
      ConnectionState: "DISCONNECTED",
      XksProxyConfiguration: {
        Connectivity: "PUBLIC_ENDPOINT",
        AccessKeyId: PROXY.XksProxyAuthenticationCredential.AccessKeyId,
        UriEndpoint: PROXY.XksProxyUriEndpoint,
        UriPath: PROXY.XksProxyUriPath,
      },
    },
  ]);
  await kms.newStore("cluster", CLUSTER);
  const text = JSON.stringify(await describe());
  assert.ok(!text.includes(CLUSTER.KeyStorePassword));
  assert.ok(!text.includes(PROXY.XksProxyAuthenticationCredential.RawSecretAccessKey));
});

test("by id, by name, not by both; what is not there is not found", async () => {
  const { CustomKeyStores } = await describe({ CustomKeyStoreName: "cluster" });
  assert.equal(CustomKeyStores[0]?.CloudHsmClusterId, CLUSTER.CloudHsmClusterId);
  const refused = (input: object) => kms.refused("DescribeCustomKeyStores", input);
  assert.match(await refused({ CustomKeyStoreName: "cluster", CustomKeyStoreId: "cks-1" }), /^ValidationException/);
  assert.match(await refused({ CustomKeyStoreName: "nobody" }), /^CustomKeyStoreNotFoundException/);
  assert.match(await refused({ CustomKeyStoreId: "cks-1" }), /^CustomKeyStoreNotFoundException/);
  assert.match(await kms.refused("DescribeCustomKeyStores", {}, as("bob")), /^AccessDeniedException/);
});

test("pages follow one another, and a strange marker is refused", async () => {
  const first = await describe({ Limit: 1 });
  assert.equal(first.Truncated, true);
  const second = await describe({ Limit: 1, Marker: first.NextMarker });
  assert.equal(second.Truncated, false);
  const names = [first, second].map(({ CustomKeyStores: [store] }) => store?.CustomKeyStoreName).sort();
  assert.deepEqual(names, ["cluster", "proxy"]);
  assert.equal(await kms.refused("DescribeCustomKeyStores", { Marker: "x" }), "InvalidMarkerException");
});

test("other accounts and Regions see nothing of it", async () => {
  assert.deepEqual(
    (await kms.call("DescribeCustomKeyStores", {}, { region: "eu-west-1" as never })).CustomKeyStores,
    [],
  );
});
