import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, type TrailHouse, trailHouse } from "../testing.js";

let house: TrailHouse;
before(async () => {
  house = await trailHouse();
});
after(() => house.close());

const ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mine";

test("it takes its own permission on the trail, and no other", async () => {
  const input = { ResourceId: ARN, TagsList: [] };
  assert.equal(await house.isAllowed("AddTags", input), false);
  assert.equal(await house.isAllowed("AddTags", input, allow("cloudtrail:AddTags", ARN)), true);
  assert.equal(await house.isAllowed("AddTags", input, allow("cloudtrail:AddTags", `${ARN}x`)), false);
});

test("conditions see the tags of the request and of the trail", async () => {
  await house.create({ Name: "tagged", TagsList: [{ Key: "team", Value: "blue" }] });
  const ResourceId = ARN.replace("mine", "tagged");
  const may = (TagsList: object[], Condition: object) => {
    const { Version, Statement } = allow("cloudtrail:AddTags", ResourceId);
    const policy = { Version, Statement: Statement.map((statement) => ({ ...statement, Condition })) };
    return house.isAllowed("AddTags", { ResourceId, TagsList }, policy);
  };
  const tag = [{ Key: "a", Value: "1" }];
  assert.equal(await may(tag, { StringEquals: { "aws:RequestTag/a": "1" } }), true);
  assert.equal(await may(tag, { StringEquals: { "aws:RequestTag/a": "2" } }), false);
  assert.equal(await may(tag, { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } }), true);
  assert.equal(await may(tag, { "ForAllValues:StringEquals": { "aws:TagKeys": ["b"] } }), false);
  assert.equal(await may(tag, { StringEquals: { "aws:ResourceTag/team": "blue" } }), true);
  assert.equal(await may(tag, { StringEquals: { "aws:ResourceTag/team": "red" } }), false);
});

test("tags are added, and a key that is there gets its new value", async () => {
  await house.create({ TagsList: [{ Key: "a", Value: "1" }] });
  const add = (...TagsList: object[]) => house.call("AddTags", { ResourceId: ARN, TagsList });
  await add({ Key: "a", Value: "2" }, { Key: "b" });
  assert.deepEqual(await house.call("ListTags", { ResourceIdList: [ARN] }), {
    ResourceTagList: [
      {
        ResourceId: ARN,
        TagsList: [
          { Key: "a", Value: "2" },
          { Key: "b", Value: "" },
        ],
      },
    ],
  });
  const many = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: "" }));
  await assert.rejects(add(...many), { code: "TagsLimitExceededException" });
  await assert.rejects(add({ Key: "c" }, { Key: "c" }), { code: "InvalidTagParameterException" });
});
