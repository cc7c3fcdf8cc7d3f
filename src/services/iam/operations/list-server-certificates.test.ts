import assert from "node:assert/strict";
import { test } from "node:test";
import { upload } from "../certificates-contract.js";
import { ARN, guarded, openIam } from "../testing.js";

guarded("ListServerCertificates", { PathPrefix: "/edge/" }, `${ARN}server-certificate/edge/`);

test("ListServerCertificates pages in order of name, below a path", async (t) => {
  const iam = await openIam(t);
  await upload(iam, "b", "/edge/");
  await upload(iam, "a", "/edge/");
  await upload(iam, "c", "/inside/");
  const names = async (input: object) => {
    const listed = await iam.call("ListServerCertificates", input);
    return [listed.ServerCertificateMetadataList?.map((each) => each.ServerCertificateName), listed.Marker] as const;
  };
  const [first, Marker] = await names({ MaxItems: 2 });
  assert.deepEqual([first, (await names({ Marker }))[0]], [["a", "b"], ["c"]]);
  assert.deepEqual((await names({ PathPrefix: "/inside/" }))[0], ["c"]);
});
