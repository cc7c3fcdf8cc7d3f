import assert from "node:assert/strict";
import { test } from "node:test";

import { openIam } from "../testing.js";

test("ListVirtualMFADevices is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListVirtualMFADevices", {}, "iam:ListVirtualMFADevices", "*");
});

test("ListVirtualMFADevices is an empty list", async (t) => {
  const iam = await openIam(t);
  assert.deepEqual(await iam.raw("ListVirtualMFADevices", {}), { VirtualMFADevices: [], IsTruncated: false });
});
