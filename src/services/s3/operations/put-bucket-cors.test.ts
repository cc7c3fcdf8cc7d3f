import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const Bucket = BUCKET;
const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }];
const put = (rules: readonly object[], parts: object = {}) =>
  house.call("PutBucketCors", { Bucket, CORSConfiguration: { CORSRules: rules } }, parts);

test("rules are kept as they were given; wrong ones leave the old ones", async () => {
  await assert.rejects(put(CORSRules, nobody), Denied);
  const rules = [{ ID: "one", AllowedMethods: ["PUT"], AllowedOrigins: [""], MaxAgeSeconds: 5 }];
  await put(rules);
  await assert.rejects(put([]), code("MalformedXML"));
  await assert.rejects(put([{ AllowedMethods: ["PATCH"], AllowedOrigins: ["*"] }]), code("InvalidRequest"));
  await assert.rejects(put([{ AllowedMethods: ["GET"] }]), code("MalformedXML"));
  assert.deepEqual(await house.call("GetBucketCors", { Bucket }), { CORSRules: rules });
});

test("a preflight without rules is refused by the bucket, one against them by what it asks for", async () => {
  const headers = { origin: "https://a.example", "access-control-request-method": "PUT" };
  const refusal = (input: object) =>
    house.call("OptionsObject", input, { headers }).then(
      () => assert.fail("it is refused"),
      (thrown) => (isAwsError(thrown) ? [thrown.code, thrown.fields["ResourceType"]] : thrown),
    );
  await house.call("DeleteBucketCors", { Bucket });
  assert.deepEqual(await refusal({ Bucket, Key: "k" }), ["AccessForbidden", "BUCKET"]);
  assert.deepEqual(await refusal({ Bucket: "no-such-bucket", Key: "k" }), ["AccessForbidden", "BUCKET"]);
  await put(CORSRules);
  assert.deepEqual(await refusal({ Bucket, Key: "k" }), ["AccessForbidden", "OBJECT"]);
  assert.deepEqual(await refusal({ Bucket }), ["AccessForbidden", "BUCKET"]);
});

test("an answer to a page of another site carries the headers of the first rule that lets it in", async () => {
  const told = (origin: string, method: string) => house.service.answerHeaders?.({ bucket: Bucket, origin, method });
  await put([{ AllowedMethods: ["GET"], AllowedOrigins: ["https://*.example"] }]);
  assert.equal((await told("https://a.example", "GET"))?.["Access-Control-Allow-Origin"], "https://a.example");
  assert.deepEqual(await told("https://a.example", "PUT"), {});
  assert.deepEqual(await told("https://a.example.evil", "GET"), {});
  assert.deepEqual(await told("https://.exampl", "GET"), {});
});
