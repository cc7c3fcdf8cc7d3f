import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, type IamBench, openIam, trustText } from "../testing.js";

async function trustOf(iam: IamBench): Promise<string> {
  const { Role } = await iam.call("GetRole", { RoleName: "deploy" });
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
}

test("GetRole is refused without permission, and no role is found that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("GetRole", { RoleName: "deploy" }, "iam:GetRole", `${ARN}role/deploy`);
  await assert.rejects(
    iam.call("GetRole", { RoleName: "deploy" }),
    fails("NoSuchEntity", "The role with name deploy cannot be found."),
  );
});

test("GetRole shows everything, defaults included", async (t) => {
  const iam = await openIam(t);
  const created = await iam.call("CreateRole", {
    RoleName: "deploy",
    AssumeRolePolicyDocument: trustText({ AWS: "*" }),
  });
  const { Role } = await iam.call("GetRole", { RoleName: "DEPLOY" });
  assert.deepEqual(Role, { ...created.Role, MaxSessionDuration: 3600, RoleLastUsed: {} });
});

test("GetRole shows a deleted principal by its unique id, and a renamed one by its new ARN", async (t) => {
  const iam = await openIam(t);
  const { User } = await iam.call("CreateUser", { UserName: "ada" });
  const text = trustText({ AWS: [`${ARN}user/ada`, "*"] }).replace(/,/g, ", ");
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: text });
  assert.equal(await trustOf(iam), text);
  await iam.call("UpdateUser", { UserName: "ada", NewUserName: "eve" });
  assert.match(await trustOf(iam), /:user\/eve"/);
  await iam.call("DeleteUser", { UserName: "eve" });
  await iam.call("CreateUser", { UserName: "ada" });
  assert.deepEqual(JSON.parse(await trustOf(iam)).Statement[0].Principal.AWS, [User?.UserId, "*"]);
});
