import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCertificate } from "../certificates-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("DeleteSigningCertificate", { CertificateId: "A".repeat(32) });

test("a user with a certificate is not deleted; without it, she is", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const { body } = await makeCertificate("ada");
  const { Certificate } = await iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: body });
  const CertificateId = Certificate?.CertificateId ?? "";
  await assert.rejects(iam.call("DeleteUser", ADA), { code: "DeleteConflict" });
  // The root's own are others.
  await assert.rejects(iam.call("DeleteSigningCertificate", { CertificateId }), { code: "NoSuchEntity" });
  await iam.call("DeleteSigningCertificate", { ...ADA, CertificateId });
  await assert.rejects(
    iam.call("DeleteSigningCertificate", { ...ADA, CertificateId }),
    fails("NoSuchEntity", `The Certificate with id ${CertificateId} cannot be found.`),
  );
  await iam.call("DeleteUser", ADA);
});
