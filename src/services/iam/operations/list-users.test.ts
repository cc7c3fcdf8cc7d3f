import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { ARN, fails, type IamBench, openIam } from "../testing.js";

const make = (iam: IamBench, name: string, Path = "/") => iam.call("CreateUser", { UserName: name, Path });

test("ListUsers is refused without permission, on the path that is asked for", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListUsers", { PathPrefix: "/team/" }, "iam:ListUsers", `${ARN}user/team/`);
});

test("ListUsers shows the account's own, of a path where one is given", async (t) => {
  const iam = await openIam(t);
  await make(iam, "ada");
  await make(iam, "bob", "/team/blue/");
  await make(iam.as(rootCaller(SECOND_ACCOUNT)), "carol");
  const names = async (PathPrefix?: string) =>
    (await iam.call("ListUsers", PathPrefix === undefined ? {} : { PathPrefix })).Users?.map((each) => each.UserName);
  assert.deepEqual(await names(), ["ada", "bob"]);
  assert.deepEqual(await names("/team/"), ["bob"]);
  assert.deepEqual(await names("/te_m/"), []);
});

test("ListUsers pages in order of name without regard to case", async (t) => {
  const iam = await openIam(t);
  for (const name of ["b", "C", "a"]) await make(iam, name);
  const first = await iam.call("ListUsers", { MaxItems: 2 });
  assert.deepEqual([first.Users?.map((each) => each.UserName), first.IsTruncated], [["a", "b"], true]);
  const second = await iam.call("ListUsers", { MaxItems: 2, Marker: first.Marker });
  assert.deepEqual(
    [second.Users?.map((each) => each.UserName), second.IsTruncated, second.Marker],
    [["C"], false, undefined],
  );
});

test("ListUsers refuses a marker of another account", async (t) => {
  const iam = await openIam(t);
  for (const name of ["a", "b"]) await make(iam, name);
  const { Marker } = await iam.call("ListUsers", { MaxItems: 1 });
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("ListUsers", { Marker }),
    fails("ValidationError", "Invalid Marker."),
  );
});
