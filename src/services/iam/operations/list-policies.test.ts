import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, openIam, policyText } from "../testing.js";

const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("ListPolicies is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListPolicies", {}, "iam:ListPolicies", "*");
});

test("ListPolicies shows the account's policies, AWS's, or both", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  const names = async (input: object) =>
    ((await iam.raw("ListPolicies", input))["Policies"] as { PolicyName: string }[]).map((policy) => policy.PolicyName);
  assert.deepEqual(await names({ Scope: "Local" }), ["reader"]);
  const aws = await names({ Scope: "AWS" });
  assert.ok(aws.includes("AdministratorAccess") && !aws.includes("reader"));
  assert.deepEqual(new Set(await names({})), new Set(["reader", ...aws]));
  assert.deepEqual(await names({ PathPrefix: "/none/" }), []);
});

test("ListPolicies shows what is used, and as what", async (t) => {
  const iam = await openIam(t);
  const make = (name: string) => iam.call("CreatePolicy", { ...reader, PolicyName: name });
  for (const name of ["attached", "boundary", "idle"]) await make(name);
  await iam.call("CreateUser", { UserName: "ada", PermissionsBoundary: `${ARN}policy/boundary` });
  await iam.call("AttachUserPolicy", { UserName: "ada", PolicyArn: `${ARN}policy/attached` });
  const names = async (input: object) =>
    ((await iam.raw("ListPolicies", input))["Policies"] as { PolicyName: string }[]).map((policy) => policy.PolicyName);
  assert.deepEqual(await names({ OnlyAttached: true }), ["attached", "boundary"]);
  assert.deepEqual(await names({ PolicyUsageFilter: "PermissionsBoundary" }), ["boundary"]);
  assert.deepEqual(await names({ PolicyUsageFilter: "PermissionsPolicy" }), ["attached"]);
});

test("ListPolicies pages without losing one or showing one twice", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  const all = (await iam.call("ListPolicies", {})).Policies?.map((policy) => policy.Arn);
  const paged: (string | undefined)[] = [];
  for (let Marker: string | undefined, more = true; more; ) {
    const page = await iam.call("ListPolicies", { MaxItems: 3, Marker });
    paged.push(...(page.Policies ?? []).map((policy) => policy.Arn));
    Marker = page.Marker;
    more = page.IsTruncated === true;
  }
  assert.deepEqual(paged, all);
});
