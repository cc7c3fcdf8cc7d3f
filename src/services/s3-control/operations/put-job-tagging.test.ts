import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError, LIMITS } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("the tags that are put are all that the job has, and decide who may do what with it", async () => {
  const JobId = await createdJob(house, jobOf(house, ["b,k"], { Tags: [{ Key: "old", Value: "x" }] }));
  const put = (Tags: object[], parts: object = {}) => house.call("PutJobTagging", { JobId, Tags }, parts);
  const owner = (Condition: object) => ({
    caller: userCaller("one", [
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:PutJobTagging", Resource: "*", Condition }] },
    ]),
  });
  const team = [{ Key: "team", Value: "a" }];
  await assert.rejects(put(team, owner({ StringEquals: { "aws:ResourceTag/old": "y" } })), Denied);
  await assert.rejects(put(team, owner({ StringEquals: { "aws:RequestTag/team": "b" } })), Denied);
  await put(team, owner({ StringEquals: { "aws:RequestTag/team": "a", "aws:ResourceTag/old": "x" } }));
  assert.deepEqual(await house.call("GetJobTagging", { JobId }), { Tags: team });
  const many = Array.from({ length: LIMITS.s3BatchTags + 1 }, (_, at) => ({ Key: `${at}`, Value: "" }));
  await assert.rejects(put(many), code("TooManyTagsException"));
  await assert.rejects(put([...team, ...team]), code("InvalidRequest"));
  await assert.rejects(house.call("PutJobTagging", { JobId: "none", Tags: team }), code("NoSuchJob"));
  assert.deepEqual(await house.call("GetJobTagging", { JobId }), { Tags: team });
});
