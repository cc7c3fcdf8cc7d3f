import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../identity/testing.js";
import { userCaller } from "../../kit/testing.js";
import { named, openWith } from "./holders-contract.js";
import { ARN, fails, type IamBench } from "./testing.js";

/** The tags of users and roles, held for both by their operations' tests. */
type Kind = "User" | "Role";

const DUPLICATE = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";

const tags = (...pairs: [string, string][]) => ({ Tags: pairs.map(([Key, Value]) => ({ Key, Value })) });

async function tagsOf(iam: IamBench, kind: Kind): Promise<unknown> {
  return (await iam.raw(`List${kind}Tags`, named(kind)))["Tags"];
}

function guardsTest(operation: string, kind: Kind, input: object): void {
  test(`${operation} is refused without permission, and nobody is found who is not there`, async (t) => {
    const iam = await openWith(t, kind);
    const arn = `${ARN}${kind.toLowerCase()}/ada`;
    await iam.denies(operation as never, { ...named(kind), ...input } as never, `iam:${operation}`, arn);
    const noSuch = fails("NoSuchEntity", `The ${kind.toLowerCase()} with name nobody cannot be found.`);
    await assert.rejects(iam.raw(operation, { ...named(kind, "nobody"), ...input }), noSuch);
  });
}

export function tagTests(kind: Kind): void {
  const operation = `Tag${kind}`;
  guardsTest(operation, kind, tags(["a", "1"]));

  test(`${operation} refuses keys that differ in case alone, and AWS's own`, async (t) => {
    const iam = await openWith(t, kind);
    const twice = { ...named(kind), ...tags(["Team", "1"], ["team", "2"]) };
    await assert.rejects(iam.raw(operation, twice), fails("InvalidInput", DUPLICATE));
    await assert.rejects(iam.raw(operation, { ...named(kind), ...tags(["aws:x", "1"]) }), { code: "InvalidInput" });
  });

  test(`${operation} gives a key in another case its new value and spelling`, async (t) => {
    const iam = await openWith(t, kind);
    await iam.raw(operation, { ...named(kind), ...tags(["Team", "blue"], ["stage", "test"]) });
    await iam.raw(operation, { ...named(kind), ...tags(["TEAM", ""]) });
    assert.deepEqual(await tagsOf(iam, kind), tags(["TEAM", ""], ["stage", "test"]).Tags);
  });

  test(`${operation} stops at fifty tags`, async (t) => {
    const iam = await openWith(t, kind);
    const fifty = Array.from({ length: 50 }, (_, at): [string, string] => [`k${at}`, ""]);
    await iam.raw(operation, { ...named(kind), ...tags(...fifty) });
    await iam.raw(operation, { ...named(kind), ...tags(["K0", "again"]) });
    await assert.rejects(iam.raw(operation, { ...named(kind), ...tags(["one-more", ""]) }), { code: "LimitExceeded" });
  });

  test(`${operation} can be limited by the tags that a request brings`, async (t) => {
    const iam = await openWith(t, kind);
    const Condition = { StringEquals: { "aws:RequestTag/team": "blue" } };
    const Statement = [{ Effect: "Allow", Action: `iam:${operation}`, Resource: "*", Condition }];
    const delegate = iam.as(userCaller("delegate", [{ Version: "2012-10-17", Statement }], HOUSE_ACCOUNT));
    await delegate.raw(operation, { ...named(kind), ...tags(["Team", "blue"]) });
    await assert.rejects(delegate.raw(operation, { ...named(kind), ...tags(["Team", "red"]) }), { name: "Denied" });
  });
}

export function untagTests(kind: Kind): void {
  const operation = `Untag${kind}`;
  guardsTest(operation, kind, { TagKeys: ["a"] });

  test(`${operation} takes keys off in whatever case, and does not miss those that are not there`, async (t) => {
    const iam = await openWith(t, kind);
    await iam.raw(`Tag${kind}`, { ...named(kind), ...tags(["Team", "blue"], ["stage", "test"]) });
    await iam.raw(operation, { ...named(kind), TagKeys: ["team", "unknown"] });
    assert.deepEqual(await tagsOf(iam, kind), tags(["stage", "test"]).Tags);
  });

  test(`${operation} can be limited by the tags that are there`, async (t) => {
    const iam = await openWith(t, kind);
    const Condition = { StringEquals: { "aws:ResourceTag/team": "blue" } };
    const Statement = [{ Effect: "Allow", Action: `iam:${operation}`, Resource: "*", Condition }];
    const delegate = iam.as(userCaller("delegate", [{ Version: "2012-10-17", Statement }], HOUSE_ACCOUNT));
    const input = { ...named(kind), TagKeys: ["stage"] };
    await assert.rejects(delegate.raw(operation, input), { name: "Denied" });
    await iam.raw(`Tag${kind}`, { ...named(kind), ...tags(["Team", "blue"]) });
    await delegate.raw(operation, input);
  });
}

export function listTagsTests(kind: Kind): void {
  const operation = `List${kind}Tags`;
  guardsTest(operation, kind, {});

  test(`${operation} pages through the tags in order of key`, async (t) => {
    const iam = await openWith(t, kind);
    assert.deepEqual(await iam.raw(operation, named(kind)), { Tags: [], IsTruncated: false });
    await iam.raw(`Tag${kind}`, { ...named(kind), ...tags(["b", "2"], ["a", "1"]) });
    const first = await iam.raw(operation, { ...named(kind), MaxItems: 1 });
    assert.deepEqual([first["Tags"], first["IsTruncated"]], [tags(["a", "1"]).Tags, true]);
    const second = await iam.raw(operation, { ...named(kind), Marker: first["Marker"] });
    assert.deepEqual(second, { ...tags(["b", "2"]), IsTruncated: false });
  });
}
