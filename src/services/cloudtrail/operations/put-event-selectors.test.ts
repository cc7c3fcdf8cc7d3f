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
  const input = { TrailName: "mine" };
  assert.equal(await house.isAllowed("PutEventSelectors", input), false);
  assert.equal(await house.isAllowed("PutEventSelectors", input, allow("cloudtrail:PutEventSelectors", ARN)), true);
  assert.equal(
    await house.isAllowed("PutEventSelectors", input, allow("cloudtrail:PutEventSelectors", `${ARN}x`)),
    false,
  );
});

const field = (Field: string, ...Equals: string[]) => ({ Field, Equals });
const advanced = (...FieldSelectors: object[]) => ({ AdvancedEventSelectors: [{ FieldSelectors }] });

test("advanced selectors take the place of basic ones", async () => {
  await house.create();
  const put = (input: object) => house.call("PutEventSelectors", { TrailName: "mine", ...input });
  const basic = await put({ EventSelectors: [{ ReadWriteType: "WriteOnly" }] });
  assert.deepEqual(Object.keys(basic), ["TrailARN", "EventSelectors"]);
  const after = await put(advanced(field("eventCategory", "Data"), field("resources.type", "AWS::S3::Object")));
  assert.deepEqual(Object.keys(after), ["TrailARN", "AdvancedEventSelectors"]);
  assert.equal(after["TrailARN"], ARN);
});

test("each wrong selector is refused", async () => {
  const data = (Type: string, ...Values: string[]) => ({ EventSelectors: [{ DataResources: [{ Type, Values }] }] });
  const wrong: object[] = [
    {},
    { EventSelectors: [], AdvancedEventSelectors: [] },
    { EventSelectors: [] },
    { EventSelectors: Array.from({ length: 6 }, () => ({})) },
    { EventSelectors: [{ ReadWriteType: "Some" }] },
    { EventSelectors: [{ ExcludeManagementEventSources: ["s3.amazonaws.com"] }] },
    data("AWS::EC2::Instance", "arn:aws:ec2"),
    data("AWS::S3::Object", "arn:aws:lambda"),
    advanced(field("eventName", "PutObject")),
    advanced(field("eventCategory", "NetworkActivity")),
    advanced(field("eventCategory", "Data")),
    advanced(field("eventCategory", "Management"), field("colour", "red")),
    advanced(field("eventCategory", "Management"), field("eventCategory", "Management")),
    advanced(field("eventCategory", "Management"), { Field: "eventName" }),
    advanced(field("eventCategory", "Management"), field("readOnly", "maybe")),
  ];
  for (const input of wrong) {
    const put = house.call("PutEventSelectors", { TrailName: "mine", ...input });
    await assert.rejects(put, { code: "InvalidEventSelectorsException" }, JSON.stringify(input));
  }
});
