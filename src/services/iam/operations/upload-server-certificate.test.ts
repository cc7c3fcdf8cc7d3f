import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { makeCertificate, upload } from "../certificates-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const root = await makeCertificate("root");
const middle = await makeCertificate("middle", root);
const leaf = await makeCertificate("leaf", middle);
const SITE = { ServerCertificateName: "site", CertificateBody: leaf.body, PrivateKey: leaf.key };
const IN_ORDER =
  "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is:";

guarded("UploadServerCertificate", { ...SITE, Path: "/edge/" }, `${ARN}server-certificate/edge/site`);

test("whoever uploads with tags must be allowed to tag", async (t) => {
  const iam = await openIam(t);
  const input = { ...SITE, Tags: [{ Key: "team", Value: "edge" }] };
  await iam.denies("UploadServerCertificate", input, "iam:UploadServerCertificate", `${ARN}server-certificate/site`);
  assert.deepEqual((await iam.call("UploadServerCertificate", input)).Tags, input.Tags);
});

test("a certificate with its key and its chain is taken; the key is in no answer, record or row", async (t) => {
  const iam = await openIam(t);
  const input = { ...SITE, Path: "/edge/", CertificateChain: `${middle.body}\n${root.body}` };
  const made = await iam.call("UploadServerCertificate", input);
  const { ServerCertificateMetadata } = made;
  assert.deepEqual(ServerCertificateMetadata, {
    Path: "/edge/",
    ServerCertificateName: "site",
    ServerCertificateId: ServerCertificateMetadata?.ServerCertificateId,
    Arn: `arn:aws:iam::${HOUSE_ACCOUNT}:server-certificate/edge/site`,
    UploadDate: iam.house.clock.now(),
    Expiration: new Date("2027-01-01T00:00:00Z"),
  });
  assert.match(ServerCertificateMetadata?.ServerCertificateId ?? "", /^ASCA[A-Z2-7]{17}$/);
  const secret = leaf.key.split("\n")[1] ?? "";
  const rows = await iam.house.database.read((tx) => tx.all<{ body: string }>("SELECT body FROM iam_items LIMIT 9"));
  const said = JSON.stringify([iam.requested("UploadServerCertificate", input), made, rows]);
  assert.ok(said.includes("site") && !said.includes(secret));
});

test("what does not belong together is refused", async (t) => {
  const iam = await openIam(t);
  const refused = async (input: object, code: string, message?: string) =>
    assert.rejects(
      iam.call("UploadServerCertificate", { ...SITE, ...input }),
      message === undefined ? { code } : fails(code, message),
    );
  await refused({ PrivateKey: middle.key }, "KeyPairMismatch");
  await refused({ PrivateKey: "a key" }, "MalformedCertificate");
  await refused(
    { PrivateKey: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----" },
    "MalformedCertificate",
    "Unable to parse key; the body is encrypted.",
  );
  await refused({ CertificateChain: root.body }, "MalformedCertificate", `${IN_ORDER} -1`);
  await refused({ CertificateChain: `${middle.body}${leaf.body}` }, "MalformedCertificate", `${IN_ORDER} 0`);
  await refused({ CertificateChain: `Text\n${middle.body}` }, "MalformedCertificate");
  const namesake = await makeCertificate("middle", root);
  await refused({ CertificateChain: namesake.body }, "MalformedCertificate", `${IN_ORDER} -1`);
  const long = `${middle.body}${`${root.body}\n`.repeat(20)}`;
  await refused({ CertificateChain: long }, "MalformedCertificate");
  assert.deepEqual((await iam.call("ListServerCertificates", {})).ServerCertificateMetadataList, []);
});

test("a name is taken in whatever case, and an account has twenty", async (t) => {
  const iam = await openIam(t);
  await upload(iam);
  await assert.rejects(
    iam.call("UploadServerCertificate", { ...SITE, ServerCertificateName: "SITE" }),
    fails("EntityAlreadyExists", "The Server Certificate with name SITE already exists."),
  );
  for (let count = 1; count < 20; count++)
    await iam.call("UploadServerCertificate", { ...SITE, ServerCertificateName: `site-${count}` });
  await assert.rejects(
    iam.call("UploadServerCertificate", { ...SITE, ServerCertificateName: "one-more" }),
    fails("LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount: 20"),
  );
});
