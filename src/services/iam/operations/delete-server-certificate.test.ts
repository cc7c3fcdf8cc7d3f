import assert from "node:assert/strict";
import { test } from "node:test";
import { upload } from "../certificates-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const NAMED = { ServerCertificateName: "site" };
guarded("DeleteServerCertificate", NAMED, `${ARN}server-certificate/edge/site`, upload);

test("a deleted certificate is gone", async (t) => {
  const iam = await openIam(t);
  await upload(iam);
  await iam.call("DeleteServerCertificate", NAMED);
  await assert.rejects(
    iam.call("DeleteServerCertificate", NAMED),
    fails("NoSuchEntity", "The Server Certificate with name site cannot be found."),
  );
});
