import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCertificate } from "../certificates-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

const { body } = await makeCertificate("ada");
guardedOnAda("UploadSigningCertificate", { CertificateBody: body });

test("the id is made of the certificate: the same one again is the same, and no second user's", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  const { Certificate } = await iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: body });
  const { CertificateId } = Certificate ?? {};
  assert.match(CertificateId ?? "", /^[A-Z2-7]{32}$/);
  assert.deepEqual(Certificate, {
    UserName: "ada",
    CertificateId,
    CertificateBody: body,
    Status: "Active",
    UploadDate: iam.house.clock.now(),
  });
  await iam.call("UpdateSigningCertificate", { ...ADA, CertificateId: CertificateId ?? "", Status: "Inactive" });
  const again = await iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: body });
  assert.deepEqual(again.Certificate, Certificate);
  const { Certificates } = await iam.call("ListSigningCertificates", ADA);
  assert.deepEqual([Certificates?.length, Certificates?.[0]?.Status], [1, "Inactive"]);
  await assert.rejects(iam.call("UploadSigningCertificate", { UserName: "bob", CertificateBody: body }), {
    code: "DuplicateCertificate",
  });
});

test("what is no certificate, more than one, or none of today is refused", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const upload = (CertificateBody: string) => iam.call("UploadSigningCertificate", { ...ADA, CertificateBody });
  const text = "Unable to parse certificate. Please ensure the certificate is in PEM format.";
  const cut = body.replace(/^.{64}\n/m, "");
  for (const wrong of ["a certificate", cut, `${body}\n${body}`, `Subject: ada\n${body}`])
    await assert.rejects(upload(wrong), fails("MalformedCertificate", text));
  for (const times of [
    ["2026-01-01T00:00:00Z", "2026-11-21T08:59:59Z"],
    ["2026-11-22T00:00:00Z", "2027-01-01T00:00:00Z"],
  ]) {
    const other = await makeCertificate("ada", undefined, times);
    await assert.rejects(upload(other.body), { code: "MalformedCertificate" });
  }
});

test("a user has two at most, and the account's root has its own", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  for (const name of ["one", "two"])
    await iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: (await makeCertificate(name)).body });
  const third = await makeCertificate("three");
  await assert.rejects(
    iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: third.body }),
    fails("LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2"),
  );
  const { Certificate } = await iam.call("UploadSigningCertificate", { CertificateBody: third.body });
  assert.equal(Certificate?.UserName, undefined);
  assert.equal((await iam.call("ListSigningCertificates", {})).Certificates?.length, 1);
});
