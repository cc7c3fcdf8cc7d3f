import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCertificate } from "../certificates-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

const ABSENT = "A".repeat(32);
guardedOnAda("UpdateSigningCertificate", { CertificateId: ABSENT, Status: "Inactive" });

test("a certificate is switched off; nobody sets Expired, and another's is as good as none", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  const { body } = await makeCertificate("ada");
  const { Certificate } = await iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: body });
  const CertificateId = Certificate?.CertificateId ?? "";
  await iam.call("UpdateSigningCertificate", { ...ADA, CertificateId, Status: "Inactive" });
  assert.equal((await iam.call("ListSigningCertificates", ADA)).Certificates?.[0]?.Status, "Inactive");
  await assert.rejects(iam.call("UpdateSigningCertificate", { ...ADA, CertificateId, Status: "Expired" }), {
    code: "InvalidInput",
  });
  await assert.rejects(
    iam.call("UpdateSigningCertificate", { UserName: "bob", CertificateId, Status: "Active" }),
    fails("NoSuchEntity", `The Certificate with id ${CertificateId} cannot be found.`),
  );
});
