import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

interface Listed {
  readonly Annotations: readonly { readonly AnnotationName: string; readonly Size: number }[];
  readonly AnnotationCount: number;
  readonly NextContinuationToken?: string;
}

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name) || String(thrown);
const list = (input: object = {}, parts: object = {}) =>
  house.call<Listed>("ListObjectAnnotations", { Bucket: BUCKET, Key: "k", ...input }, parts);
const namesOf = ({ Annotations }: Listed) => Annotations.map(({ AnnotationName }) => AnnotationName);
const put = (AnnotationName: string, text: string) =>
  house.call(
    "PutObjectAnnotation",
    { Bucket: BUCKET, Key: "k", AnnotationName },
    { body: testBody([Buffer.from(text)]) },
  );

test("bad questions are refused, and so is who may not ask", async () => {
  await assert.rejects(list(), code("NoSuchKey"));
  await house.put(BUCKET, "k", "x");
  for (const AnnotationPrefix of ["a/", " ", "a".repeat(513)]) {
    await assert.rejects(list({ AnnotationPrefix }), code("InvalidPrefix"));
  }
  for (const MaxAnnotationResults of [0, -1, 1001, 1.5]) {
    await assert.rejects(list({ MaxAnnotationResults }), code("InvalidArgument"));
  }
  await assert.rejects(list({ ContinuationToken: "nonsense" }), code("InvalidArgument"));
  await assert.rejects(list({}, { caller: userCaller("nobody") }), Denied);
  assert.deepEqual((await list()).Annotations, []);
});

test("names come in the order of their bytes, page by page, whole or below a prefix", async () => {
  const sorted = ["B", "a", "a.1", "a.2", "a.22", "b", "ä", "ö", "𐐀"];
  for (const name of ["ö", "𐐀", "b", "a.22", "B", "a", "a.2", "ä", "a.1"]) await put(name, name.repeat(3));
  const all = await list();
  assert.deepEqual(namesOf(all), sorted);
  assert.equal(all.AnnotationCount, sorted.length);
  assert.equal(all.NextContinuationToken, undefined);
  assert.equal(all.Annotations[6]?.Size, 6);
  assert.deepEqual(namesOf(await list({ AnnotationPrefix: "a.2" })), ["a.2", "a.22"]);
  assert.deepEqual(namesOf(await list({ AnnotationPrefix: "ä" })), ["ä"]);
  assert.deepEqual(namesOf(await list({ AnnotationPrefix: "aws" })), []);
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const page = await list({ MaxAnnotationResults: 2, AnnotationPrefix: "a", ContinuationToken: token });
    assert.ok(page.AnnotationCount <= 2);
    seen.push(...namesOf(page));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  assert.deepEqual(seen, ["a", "a.1", "a.2", "a.22"]);
});
