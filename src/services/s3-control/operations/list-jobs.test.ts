import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { OTHER_ACCOUNT, rootCaller, userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

interface Listed {
  readonly Jobs: readonly { readonly JobId: string; readonly Status: string; readonly Operation: string }[];
  readonly NextToken?: string;
}
const list = (input: object = {}, parts: object = {}) => house.call<Listed>("ListJobs", input, parts);

test("jobs are listed from the newest on, in pages, by status, to their own account", async () => {
  const ids: string[] = [];
  for (let number = 0; number < 5; number += 1) {
    house.clock.advance(number % 2); // some of the same moment
    ids.push(await createdJob(house, jobOf(house, ["b,k"])));
  }
  const { Jobs } = await list();
  assert.deepEqual(new Set(Jobs.map(({ JobId }) => JobId)), new Set(ids));
  assert.equal(Jobs[0]?.Operation, "S3PutObjectTagging");
  const paged: string[] = [];
  for (let NextToken: string | undefined, page = 0; page === 0 || NextToken !== undefined; page += 1) {
    const answer: Listed = await list({ MaxResults: 2, ...(NextToken === undefined ? {} : { NextToken }) });
    paged.push(...answer.Jobs.map(({ JobId }) => JobId));
    NextToken = answer.NextToken;
  }
  assert.deepEqual(
    paged,
    Jobs.map(({ JobId }) => JobId),
  );
  assert.equal((await list({ JobStatuses: ["Complete", "Paused"] })).Jobs.length, 0);
  assert.equal((await list({ JobStatuses: ["New"] })).Jobs.length, 5);
  assert.equal((await list({ AccountId: OTHER_ACCOUNT }, { caller: rootCaller(OTHER_ACCOUNT) })).Jobs.length, 0);
});

test("a list is refused to who may not ask, and for pages that are none", async () => {
  await assert.rejects(list({}, { caller: userCaller("nobody") }), Denied);
  for (const NextToken of ["x", "", "bnVsbA"])
    await assert.rejects(list({ NextToken }), (thrown) => isAwsError(thrown, "InvalidNextTokenException"));
  for (const MaxResults of [0, 1001, 1.5])
    await assert.rejects(list({ MaxResults }), (thrown) => isAwsError(thrown, "InvalidRequest"));
});
