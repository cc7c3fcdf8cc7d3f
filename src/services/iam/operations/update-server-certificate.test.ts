import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { upload } from "../certificates-contract.js";
import { ARN, fails, guarded, openIam, policyText } from "../testing.js";

guarded("UpdateServerCertificate", { ServerCertificateName: "site" }, `${ARN}server-certificate/edge/site`, upload);

test("a renamed certificate keeps its id and its tags under its new ARN", async (t) => {
  const iam = await openIam(t);
  const made = (await upload(iam)).ServerCertificateMetadata;
  await iam.call("TagServerCertificate", { ServerCertificateName: "site", Tags: [{ Key: "a", Value: "1" }] });
  const change = { NewServerCertificateName: "shop", NewPath: "/inside/" };
  await iam.call("UpdateServerCertificate", { ServerCertificateName: "site", ...change });
  const { ServerCertificate } = await iam.call("GetServerCertificate", { ServerCertificateName: "shop" });
  assert.equal(ServerCertificate?.ServerCertificateMetadata?.Arn, `${ARN}server-certificate/inside/shop`);
  assert.equal(ServerCertificate?.ServerCertificateMetadata?.ServerCertificateId, made?.ServerCertificateId);
  assert.deepEqual(ServerCertificate?.Tags, [{ Key: "a", Value: "1" }]);
  await assert.rejects(iam.call("GetServerCertificate", { ServerCertificateName: "site" }), { code: "NoSuchEntity" });
});

test("a name in another case is the same certificate's; a taken one leaves both as they were", async (t) => {
  const iam = await openIam(t);
  await upload(iam);
  await upload(iam, "shop");
  await assert.rejects(
    iam.call("UpdateServerCertificate", { ServerCertificateName: "site", NewServerCertificateName: "Shop" }),
    fails("EntityAlreadyExists", "The Server Certificate with name Shop already exists."),
  );
  await iam.call("UpdateServerCertificate", { ServerCertificateName: "site", NewServerCertificateName: "Site" });
  const { ServerCertificateMetadataList } = await iam.call("ListServerCertificates", {});
  assert.deepEqual(
    ServerCertificateMetadataList?.map((each) => each.ServerCertificateName),
    ["shop", "Site"],
  );
});

test("whoever renames must be allowed at the new ARN too", async (t) => {
  const iam = await openIam(t);
  await upload(iam);
  const own = policyText("iam:UpdateServerCertificate", `${ARN}server-certificate/edge/site`);
  const editor = iam.as(userCaller("editor", [JSON.parse(own)], HOUSE_ACCOUNT));
  await assert.rejects(editor.call("UpdateServerCertificate", { ServerCertificateName: "site", NewPath: "/inside/" }), {
    name: "Denied",
  });
});
