import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCertificate } from "../certificates-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("ListSigningCertificates", {});

test("ListSigningCertificates pages through a user's certificates", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  for (const name of ["one", "two"])
    await iam.call("UploadSigningCertificate", { ...ADA, CertificateBody: (await makeCertificate(name)).body });
  const first = await iam.call("ListSigningCertificates", { ...ADA, MaxItems: 1 });
  const second = await iam.call("ListSigningCertificates", { ...ADA, MaxItems: 1, Marker: first.Marker });
  const ids = [first, second].map(({ Certificates }) => Certificates?.map((each) => each.CertificateId));
  assert.deepEqual([ids.map((each) => each?.length), first.IsTruncated, second.IsTruncated], [[1, 1], true, false]);
  assert.notDeepEqual(ids[0], ids[1]);
});

test("nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("ListSigningCertificates", ADA),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});
