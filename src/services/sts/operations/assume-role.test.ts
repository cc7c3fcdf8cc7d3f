import assert from "node:assert/strict";
import { test } from "node:test";
import { type Denied, denialText, directory } from "../../../identity/index.js";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { allows, openSts, type StsBench, trusts } from "../testing.js";

const DEPLOY = `arn:aws:iam::${HOUSE_ACCOUNT}:role/deploy`;
const ASSUME = { RoleArn: DEPLOY, RoleSessionName: "night" };
const MAY_ASSUME = allows(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
const TAGGING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.equal((thrown as Error | undefined)?.name, "Denied", String(thrown));
  return denialText(thrown as Denied);
};

async function openWithAda(t: Parameters<typeof openSts>[0], trust: object): Promise<{ sts: StsBench; ada: StsBench }> {
  const sts = await openSts(t);
  await sts.role("deploy", trust);
  return { sts, ada: sts.as(await sts.user("ada", [MAY_ASSUME])) };
}

test("a role that trusts others and a role that is not there refuse alike", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ Service: "ec2.amazonaws.com" }));
  const there = await refusal(ada.call("AssumeRole", ASSUME));
  await sts.house.database.write(async (tx) => {
    const role = await directory.role(tx, HOUSE_ACCOUNT, "deploy");
    await directory.deleteRole(tx, role?.id ?? "");
  });
  assert.equal(await refusal(ada.call("AssumeRole", ASSUME)), there);
  assert.match(
    there,
    /^User: arn:aws:iam::111122223333:user\/ada is not authorized to perform: sts:AssumeRole on resource: /,
  );
});

test("trust in the account leaves it to the user's policies; trust in the user does not", async (t) => {
  const sts = await openSts(t);
  const bob = await sts.user("bob");
  await sts.role("deploy", trusts({ AWS: HOUSE_ACCOUNT }));
  await sts.role("named", trusts({ AWS: `arn:aws:iam::${HOUSE_ACCOUNT}:user/bob` }));
  await assert.rejects(sts.as(bob).call("AssumeRole", ASSUME), { name: "Denied" });
  await sts.as(bob).call("AssumeRole", { ...ASSUME, RoleArn: `arn:aws:iam::${HOUSE_ACCOUNT}:role/named` });
});

test("a namesake of a deleted user is not trusted", async (t) => {
  const sts = await openSts(t);
  const bob = await sts.user("bob");
  await sts.role("deploy", trusts({ AWS: `arn:aws:iam::${HOUSE_ACCOUNT}:user/bob` }));
  await sts.as(bob).call("AssumeRole", ASSUME);
  await sts.house.database.write((tx) => directory.deleteUser(tx, bob.userId));
  const namesake = await sts.user("bob", [MAY_ASSUME]);
  await assert.rejects(sts.as(namesake).call("AssumeRole", ASSUME), { name: "Denied" });
});

test("across accounts both the trust policy and the user's own policies must allow", async (t) => {
  const sts = await openSts(t);
  await sts.role("deploy", trusts({ AWS: SECOND_ACCOUNT }));
  const may = await sts.user("carol", [MAY_ASSUME], SECOND_ACCOUNT);
  const mayNot = await sts.user("dave", [], SECOND_ACCOUNT);
  await assert.rejects(sts.as(mayNot).call("AssumeRole", ASSUME), { name: "Denied" });
  const { Credentials } = await sts.as(may).call("AssumeRole", ASSUME);
  assert.equal((await sts.callerOf(Credentials)).account, HOUSE_ACCOUNT);
});

test("an external id that is demanded must be given", async (t) => {
  const condition = { StringEquals: { "sts:ExternalId": "agreed" } };
  const { ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }, "sts:AssumeRole", condition));
  await assert.rejects(ada.call("AssumeRole", ASSUME), { name: "Denied" });
  await assert.rejects(ada.call("AssumeRole", { ...ASSUME, ExternalId: "guessed" }), { name: "Denied" });
  await ada.call("AssumeRole", { ...ASSUME, ExternalId: "agreed" });
});

test("a root assumes no role, and a malformed ARN is none", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }));
  await assert.rejects(sts.call("AssumeRole", ASSUME), {
    code: "AccessDenied",
    message: "Roles may not be assumed by root accounts.",
  });
  for (const RoleArn of ["nothing-valid-in-here", "arn::b:::something/test-role", "arn:a:a::aaaaaaaaaa:"])
    await assert.rejects(ada.call("AssumeRole", { ...ASSUME, RoleArn }), {
      code: "ValidationError",
      message: `${RoleArn} is invalid`,
    });
});

test("a session lasts an hour, no longer than its role lets it, and an hour at most along a chain", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }));
  const { Credentials } = await ada.call("AssumeRole", ASSUME);
  assert.equal(Credentials?.Expiration?.getTime(), sts.house.clock.nowMs() + 3600_000);
  await assert.rejects(ada.call("AssumeRole", { ...ASSUME, DurationSeconds: 3601 }), {
    message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  });
  await sts.role("long", trusts({ AWS: HOUSE_ACCOUNT }), { maxSessionSeconds: 43_200, policies: [MAY_ASSUME] });
  const long = { RoleArn: `arn:aws:iam::${HOUSE_ACCOUNT}:role/long`, RoleSessionName: "day" };
  const first = await ada.call("AssumeRole", { ...long, DurationSeconds: 43_200 });
  const chained = sts.as(await sts.callerOf(first.Credentials));
  await assert.rejects(chained.call("AssumeRole", { ...long, DurationSeconds: 3601 }), {
    message: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
  });
  const second = await chained.call("AssumeRole", { ...long, DurationSeconds: 3600 });
  assert.equal((await sts.callerOf(second.Credentials)).session?.chained, true);
});

test("session policies are checked, and limit the session", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }));
  await assert.rejects(ada.call("AssumeRole", { ...ASSUME, Policy: "{" }), { code: "MalformedPolicyDocument" });
  const missing = [{ arn: `arn:aws:iam::${HOUSE_ACCOUNT}:policy/none` }];
  await assert.rejects(ada.call("AssumeRole", { ...ASSUME, PolicyArns: missing }), { code: "MalformedPolicyDocument" });
  const Policy = JSON.stringify(allows("s3:GetObject"));
  const PolicyArns = [{ arn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }];
  const { Credentials, PackedPolicySize } = await ada.call("AssumeRole", { ...ASSUME, Policy, PolicyArns });
  assert.ok((PackedPolicySize ?? 0) > 0 && (PackedPolicySize ?? 0) < 100);
  const { policies } = await sts.callerOf(Credentials);
  assert.deepEqual(
    policies.session?.map(({ name }) => name),
    ["session policy", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
  );
  const plain = await ada.call("AssumeRole", ASSUME);
  assert.equal("PackedPolicySize" in plain, false);
  assert.equal((await sts.callerOf(plain.Credentials)).policies.session, undefined);
});

test("more tags than fit a token are refused", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }, TAGGING));
  const text = () => sts.house.ids.hex(256);
  const Tags = Array.from({ length: 50 }, () => ({ Key: text().slice(0, 128), Value: text() }));
  await assert.rejects(ada.call("AssumeRole", { ...ASSUME, Tags }), { code: "PackedPolicyTooLarge" });
});

test("tags need sts:TagSession of the trust policy, and are checked", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }));
  const Tags = [{ Key: "Team", Value: "blue" }];
  assert.match(await refusal(ada.call("AssumeRole", { ...ASSUME, Tags })), /sts:TagSession/);
  await sts.role("tagged", trusts({ AWS: HOUSE_ACCOUNT }, TAGGING), { tags: [{ key: "team", value: "own" }] });
  const input = { ...ASSUME, RoleArn: `arn:aws:iam::${HOUSE_ACCOUNT}:role/tagged` };
  await assert.rejects(ada.call("AssumeRole", { ...input, Tags: [...Tags, { Key: "TEAM", Value: "" }] }), {
    code: "InvalidParameterValue",
    message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  });
  await assert.rejects(ada.call("AssumeRole", { ...input, Tags, TransitiveTagKeys: ["other"] }), {
    code: "InvalidParameterValue",
    message: "The specified transitive tag key must be included in the requested tags.",
  });
  const { Credentials } = await ada.call("AssumeRole", { ...input, Tags });
  assert.equal((await sts.callerOf(Credentials)).values.get("aws:principaltag/team"), "blue");
});

test("transitive tags go down the chain and cannot be changed on the way; others stay behind", async (t) => {
  const sts = await openSts(t);
  const trust = trusts({ AWS: HOUSE_ACCOUNT }, TAGGING);
  await sts.role("deploy", trust, { policies: [MAY_ASSUME] });
  const ada = sts.as(await sts.user("ada", [MAY_ASSUME]));
  const Tags = [
    { Key: "Team", Value: "blue" },
    { Key: "stage", Value: "test" },
  ];
  const first = await ada.call("AssumeRole", { ...ASSUME, Tags, TransitiveTagKeys: ["team"] });
  const session = sts.as(await sts.callerOf(first.Credentials));
  const change = { ...ASSUME, Tags: [{ Key: "TEAM", Value: "red" }], TransitiveTagKeys: ["TEAM"] };
  await assert.rejects(session.call("AssumeRole", change), {
    code: "InvalidParameterValue",
    message:
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
  });
  const second = await session.call("AssumeRole", ASSUME);
  const { values, session: carried } = await sts.callerOf(second.Credentials);
  assert.equal(values.get("aws:principaltag/team"), "blue");
  assert.equal(values.get("aws:principaltag/stage"), undefined);
  assert.deepEqual(carried?.transitiveTags, [{ key: "Team", value: "blue" }]);
});

test("a source identity goes with the session, down the chain, unchanged", async (t) => {
  const sts = await openSts(t);
  await sts.role("deploy", trusts({ AWS: HOUSE_ACCOUNT }, TAGGING), { policies: [MAY_ASSUME] });
  const ada = sts.as(await sts.user("ada", [MAY_ASSUME]));
  const first = await ada.call("AssumeRole", { ...ASSUME, SourceIdentity: "ada" });
  const session = sts.as(await sts.callerOf(first.Credentials));
  await assert.rejects(session.call("AssumeRole", { ...ASSUME, SourceIdentity: "eve" }), { code: "AccessDenied" });
  const second = await session.call("AssumeRole", ASSUME);
  assert.equal(second.SourceIdentity, "ada");
  assert.equal((await sts.callerOf(second.Credentials)).values.get("aws:sourceidentity"), "ada");
});

test("AssumeRole's record holds neither secret nor token", async (t) => {
  const { sts, ada } = await openWithAda(t, trusts({ AWS: HOUSE_ACCOUNT }));
  const output = await ada.call("AssumeRole", ASSUME);
  const record = JSON.stringify(sts.recorded("AssumeRole", output));
  assert.equal(record.includes(output.Credentials?.AccessKeyId ?? "?"), true);
  for (const hidden of [output.Credentials?.SecretAccessKey, output.Credentials?.SessionToken])
    assert.equal(record.includes(hidden ?? ""), false);
});

test("a source identity goes on to a role alone that lets it be set, and stands in the record", async (t) => {
  const sts = await openSts(t);
  const account = { AWS: HOUSE_ACCOUNT };
  const chains = { policies: [allows("sts:*")] };
  await sts.role("deploy", trusts(account, TAGGING), chains);
  await sts.role("closed", trusts(account), chains);
  await sts.role("open", trusts(account, TAGGING, { StringEquals: { "sts:SourceIdentity": "ada" } }), chains);
  const ada = sts.as(await sts.user("ada", [MAY_ASSUME]));
  const first = await ada.call("AssumeRole", { ...ASSUME, SourceIdentity: "ada" });
  const session = sts.as(await sts.callerOf(first.Credentials));
  const onward = (name: string) =>
    session.call("AssumeRole", { ...ASSUME, RoleArn: `arn:aws:iam::${HOUSE_ACCOUNT}:role/${name}` });
  assert.match(await refusal(onward("closed")), /sts:SetSourceIdentity/);
  const second = await onward("open");
  assert.equal(second.SourceIdentity, "ada");
  assert.equal(sts.recorded("AssumeRole", second)?.["sourceIdentity"], "ada");
  assert.equal((await sts.callerOf(second.Credentials)).values.get("aws:sourceidentity"), "ada");
});

test("session tags have no key of AWS's own, and are fifty at most with those that come down the chain", async (t) => {
  const sts = await openSts(t);
  await sts.role("deploy", trusts({ AWS: HOUSE_ACCOUNT }, TAGGING), { policies: [allows("sts:*")] });
  const ada = sts.as(await sts.user("ada", [MAY_ASSUME]));
  const tags = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, at) => ({ Key: `${prefix}${at}`, Value: "" }));
  await assert.rejects(ada.call("AssumeRole", { ...ASSUME, Tags: tags(1, "AWS:") }), { code: "InvalidParameterValue" });
  const Tags = tags(30, "a");
  const first = await ada.call("AssumeRole", { ...ASSUME, Tags, TransitiveTagKeys: Tags.map(({ Key }) => Key) });
  const session = sts.as(await sts.callerOf(first.Credentials));
  await assert.rejects(session.call("AssumeRole", { ...ASSUME, Tags: tags(21, "b") }), { code: "ValidationError" });
  await session.call("AssumeRole", { ...ASSUME, Tags: tags(20, "b") });
});
