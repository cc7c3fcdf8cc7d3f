import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

guardsProvider("GetOpenIDConnectProvider", {});

test("GetOpenIDConnectProvider shows all that was given, each id and thumbprint once", async (t) => {
  const thumbprint = "A".repeat(40);
  const iam = await withProvider(t, {
    ClientIDList: ["b", "a", "b"],
    ThumbprintList: [thumbprint, thumbprint.toLowerCase()],
    Tags: [{ Key: "Team", Value: "blue" }],
  });
  assert.deepEqual(await iam.call("GetOpenIDConnectProvider", about), {
    Url: "id.example.com/tenant",
    ClientIDList: ["b", "a"],
    ThumbprintList: [thumbprint.toLowerCase()],
    CreateDate: iam.house.clock.now(),
    Tags: [{ Key: "Team", Value: "blue" }],
  });
});
