import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { HOUSE_ACCOUNT } from "../../identity/testing.js";
import { userCaller } from "../../kit/testing.js";
import { ARN, fails, type IamBench, openIam, policyOfBytes, policyText, trustText } from "./testing.js";

/** What the policies of users, roles and groups have in common, held for each of the three by its operations' tests. */
export type Kind = "User" | "Role" | "Group";

const POLICY_ARN = `${ARN}policy/reader`;
const INLINE_BYTES = { User: 2048, Role: 10_240, Group: 5120 };

export const named = (kind: Kind, name = "ada") => ({ [`${kind}Name`]: name });

/** A house with one user, role or group `ada`. */
export async function openWith(t: TestContext, kind: Kind): Promise<IamBench> {
  const iam = await openIam(t);
  const trust = trustText({ Service: "ec2.amazonaws.com" });
  await iam.raw(`Create${kind}`, {
    ...named(kind),
    ...(kind === "Role" ? { AssumeRolePolicyDocument: trust } : {}),
  });
  return iam;
}

const put = (iam: IamBench, kind: Kind, name: string, text = policyText("s3:GetObject")) =>
  iam.raw(`Put${kind}Policy`, { ...named(kind), PolicyName: name, PolicyDocument: text });

export async function attachReader(iam: IamBench, kind: Kind, name = "reader"): Promise<void> {
  await iam.call("CreatePolicy", { PolicyName: name, PolicyDocument: policyText("s3:GetObject") });
  await iam.raw(`Attach${kind}Policy`, { ...named(kind), PolicyArn: `${ARN}policy/${name}` });
}

const noSuch = (kind: Kind) => fails("NoSuchEntity", `The ${kind.toLowerCase()} with name nobody cannot be found.`);

const noSuchInline = (kind: Kind, name: string) =>
  fails("NoSuchEntity", `The ${kind.toLowerCase()} policy with name ${name} cannot be found.`);

/** It asks for its own action on the very entity, and knows no other account's. */
function guardsTest(operation: string, kind: Kind, input: object): void {
  test(`${operation} is refused without permission, and nobody is found who is not there`, async (t) => {
    const iam = await openWith(t, kind);
    await iam.denies(
      operation as never,
      { ...named(kind), ...input } as never,
      `iam:${operation}`,
      `${ARN}${kind.toLowerCase()}/ada`,
    );
    await assert.rejects(iam.raw(operation, { ...named(kind, "nobody"), ...input }), noSuch(kind));
  });
}

export function putPolicyTests(kind: Kind): void {
  const operation = `Put${kind}Policy`;
  guardsTest(operation, kind, { PolicyName: "p", PolicyDocument: policyText("s3:GetObject") });

  test(`${operation} refuses a document that is no policy`, async (t) => {
    const iam = await openWith(t, kind);
    await assert.rejects(put(iam, kind, "p", "{"), fails("MalformedPolicyDocument", "Syntax errors in policy."));
    const trust = trustText({ AWS: "*" });
    await assert.rejects(put(iam, kind, "p", trust), (thrown: Error) => /principal/i.test(thrown.message));
  });

  test(`${operation} counts all inline policies of its holder together, white space not`, async (t) => {
    const iam = await openWith(t, kind);
    const most = INLINE_BYTES[kind];
    await put(iam, kind, "half", policyOfBytes(most / 2));
    const message = `Maximum policy size of ${most} bytes exceeded for ${kind.toLowerCase()} ada`;
    await assert.rejects(put(iam, kind, "more", policyOfBytes(most / 2 + 1)), fails("LimitExceeded", message));
    await put(iam, kind, "more", policyOfBytes(most / 2).replace(/,/g, ",    "));
  });

  test(`${operation} replaces a policy of the same name in whatever case`, async (t) => {
    const iam = await openWith(t, kind);
    await put(iam, kind, "Access");
    await put(iam, kind, "access", policyText("s3:PutObject"));
    const { PolicyNames } = await iam.raw(`List${kind}Policies`, named(kind));
    assert.deepEqual(PolicyNames, ["Access"]);
    const { PolicyDocument } = await iam.raw(`Get${kind}Policy`, { ...named(kind), PolicyName: "ACCESS" });
    assert.equal(decodeURIComponent(String(PolicyDocument)), policyText("s3:PutObject"));
  });
}

export function getPolicyTests(kind: Kind): void {
  const operation = `Get${kind}Policy`;
  guardsTest(operation, kind, { PolicyName: "p" });

  test(`${operation} gives the text as written, percent-encoded`, async (t) => {
    const iam = await openWith(t, kind);
    const text = policyText("s3:Get*", "arn:aws:s3:::a+b/(c) d'*");
    await put(iam, kind, "p", text);
    const got = await iam.raw(operation, { ...named(kind), PolicyName: "p" });
    assert.deepEqual({ ...got, PolicyDocument: "" }, { ...named(kind), PolicyName: "p", PolicyDocument: "" });
    assert.match(String(got["PolicyDocument"]), /^[\w.~%-]+$/);
    assert.equal(decodeURIComponent(String(got["PolicyDocument"])), text);
  });

  test(`${operation} finds no policy that was never put`, async (t) => {
    const iam = await openWith(t, kind);
    await assert.rejects(iam.raw(operation, { ...named(kind), PolicyName: "none" }), noSuchInline(kind, "none"));
  });
}

export function listPoliciesTests(kind: Kind): void {
  const operation = `List${kind}Policies`;
  guardsTest(operation, kind, {});

  test(`${operation} pages through the names in order`, async (t) => {
    const iam = await openWith(t, kind);
    for (const name of ["c", "a", "b"]) await put(iam, kind, name);
    const first = await iam.raw(operation, { ...named(kind), MaxItems: 2 });
    assert.deepEqual([first["PolicyNames"], first["IsTruncated"]], [["a", "b"], true]);
    const second = await iam.raw(operation, { ...named(kind), MaxItems: 2, Marker: first["Marker"] });
    assert.deepEqual(second, { PolicyNames: ["c"], IsTruncated: false });
  });

  test(`${operation} refuses a marker that is not its own`, async (t) => {
    const iam = await openWith(t, kind);
    await assert.rejects(
      iam.raw(operation, { ...named(kind), Marker: "bm9uZQ" }),
      fails("ValidationError", "Invalid Marker."),
    );
  });
}

export function deletePolicyTests(kind: Kind): void {
  const operation = `Delete${kind}Policy`;
  guardsTest(operation, kind, { PolicyName: "p" });

  test(`${operation} deletes one policy and leaves the others`, async (t) => {
    const iam = await openWith(t, kind);
    await put(iam, kind, "gone");
    await put(iam, kind, "kept");
    await iam.raw(operation, { ...named(kind), PolicyName: "gone" });
    const { PolicyNames } = await iam.raw(`List${kind}Policies`, named(kind));
    assert.deepEqual(PolicyNames, ["kept"]);
    await assert.rejects(iam.raw(operation, { ...named(kind), PolicyName: "gone" }), noSuchInline(kind, "gone"));
  });
}

export function attachPolicyTests(kind: Kind): void {
  const operation = `Attach${kind}Policy`;
  guardsTest(operation, kind, { PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });

  test(`${operation} refuses what is no policy of this account`, async (t) => {
    const iam = await openWith(t, kind);
    const attach = (arn: string) => iam.raw(operation, { ...named(kind), PolicyArn: arn });
    await assert.rejects(
      attach("longpolicynamebutnoarn"),
      fails("ValidationError", "ARN longpolicynamebutnoarn is not valid."),
    );
    for (const arn of [POLICY_ARN, "arn:aws:iam::444455556666:policy/reader", "arn:aws:iam::aws:policy/NoSuchAccess"])
      await assert.rejects(attach(arn), fails("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`));
  });

  test(`${operation} stops at the quota, and attaching twice is attaching once`, async (t) => {
    const iam = await openWith(t, kind);
    for (let count = 0; count < 10; count += 1) await attachReader(iam, kind, `p${count}`);
    await iam.raw(operation, { ...named(kind), PolicyArn: `${ARN}policy/p0` });
    await assert.rejects(
      attachReader(iam, kind, "p10"),
      fails("LimitExceeded", `Cannot exceed quota for PoliciesPer${kind}: 10`),
    );
  });

  test(`${operation} can be limited to certain policies by iam:PolicyARN`, async (t) => {
    const iam = await openWith(t, kind);
    const operationInput = { ...named(kind), PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" };
    const delegate = iam.as(delegateOf(operation, "arn:aws:iam::aws:policy/*ReadOnlyAccess"));
    await delegate.raw(operation, operationInput);
    const other = { ...operationInput, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
    await assert.rejects(delegate.raw(operation, other), { name: "Denied" });
  });
}

export function detachPolicyTests(kind: Kind): void {
  const operation = `Detach${kind}Policy`;
  guardsTest(operation, kind, { PolicyArn: POLICY_ARN });

  test(`${operation} takes an attached policy off, once`, async (t) => {
    const iam = await openWith(t, kind);
    await attachReader(iam, kind);
    const input = { ...named(kind), PolicyArn: POLICY_ARN };
    await iam.raw(operation, input);
    const { AttachedPolicies } = await iam.raw(`ListAttached${kind}Policies`, named(kind));
    assert.deepEqual(AttachedPolicies, []);
    await assert.rejects(iam.raw(operation, input), fails("NoSuchEntity", `Policy ${POLICY_ARN} was not found.`));
  });
}

export function listAttachedTests(kind: Kind): void {
  const operation = `ListAttached${kind}Policies`;
  guardsTest(operation, kind, {});

  test(`${operation} lists names and ARNs, of a path where one is given`, async (t) => {
    const iam = await openWith(t, kind);
    await attachReader(iam, kind);
    await iam.call("CreatePolicy", { PolicyName: "deep", Path: "/team/", PolicyDocument: policyText("s3:*") });
    await iam.raw(`Attach${kind}Policy`, { ...named(kind), PolicyArn: `${ARN}policy/team/deep` });
    const all = await iam.raw(operation, named(kind));
    const deep = { PolicyName: "deep", PolicyArn: `${ARN}policy/team/deep` };
    assert.deepEqual(all["AttachedPolicies"], [deep, { PolicyName: "reader", PolicyArn: POLICY_ARN }]);
    const some = await iam.raw(operation, { ...named(kind), PathPrefix: "/team/" });
    assert.deepEqual(some, { AttachedPolicies: [deep], IsTruncated: false });
  });
}

/** A user who may do one thing, with policies of a certain ARN alone. */
export function delegateOf(operation: string, policyArn: string) {
  const statement = {
    Effect: "Allow",
    Action: `iam:${operation}`,
    Resource: "*",
    Condition: { ArnLike: { "iam:PolicyARN": policyArn } },
  };
  return userCaller("delegate", [{ Version: "2012-10-17", Statement: [statement] }], HOUSE_ACCOUNT);
}
