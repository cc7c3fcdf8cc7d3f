import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("ListSigningCertificates is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListSigningCertificates", { UserName: "ada" }, "iam:ListSigningCertificates", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("ListSigningCertificates", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("ListSigningCertificates is an empty list for every user", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  assert.deepEqual(await iam.raw("ListSigningCertificates", { UserName: "ada" }), {
    Certificates: [],
    IsTruncated: false,
  });
});
