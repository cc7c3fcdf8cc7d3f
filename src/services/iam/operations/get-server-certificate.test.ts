import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCertificate } from "../certificates-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("GetServerCertificate", { ServerCertificateName: "site" }, `${ARN}server-certificate/site`);

test("a certificate comes back with its chain and tags, and without its key", async (t) => {
  const iam = await openIam(t);
  const root = await makeCertificate("root");
  const { body, key } = await makeCertificate("site", root);
  const Tags = [{ Key: "team", Value: "edge" }];
  const named = { ServerCertificateName: "site" };
  const made = await iam.call("UploadServerCertificate", {
    ...named,
    CertificateBody: body,
    PrivateKey: key,
    CertificateChain: root.body,
    Tags,
  });
  assert.deepEqual((await iam.call("GetServerCertificate", named)).ServerCertificate, {
    ServerCertificateMetadata: made.ServerCertificateMetadata,
    CertificateBody: body,
    CertificateChain: root.body,
    Tags,
  });
});

test("none is found that is not there", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("GetServerCertificate", { ServerCertificateName: "site" }),
    fails("NoSuchEntity", "The Server Certificate with name site cannot be found."),
  );
});
