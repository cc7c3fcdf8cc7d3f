import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, type IamBench, openIam } from "./testing.js";

/** The tags of what is named by one member, held for each kind by its operations' tests. */
export interface TaggedThing {
  /** `InstanceProfile`: as the operations' names have it. */
  readonly kind: string;
  readonly named: object;
  readonly absent: object;
  readonly arn: string;
  make(iam: IamBench): Promise<unknown>;
}

const list = async (iam: IamBench, { kind, named }: TaggedThing) =>
  ((await iam.raw(`List${kind}Tags`, named))["Tags"] as { Key: string; Value: string }[]).map(
    (tag) => `${tag.Key}=${tag.Value}`, // IAM's shape of a tag
  );

const tags = (...pairs: [string, string][]) => ({ Tags: pairs.map(([Key, Value]) => ({ Key, Value })) });

export function thingTagTests(thing: TaggedThing): void {
  const operation = `Tag${thing.kind}`;
  guarded(operation as never, { ...thing.named, Tags: [] } as never, thing.arn, thing.make);

  test(`${operation} adds and replaces, tells one case from another, and refuses AWS's own keys`, async (t) => {
    const iam = await openIam(t);
    await thing.make(iam);
    await iam.raw(operation, { ...thing.named, ...tags(["a", "1"], ["A", "2"]) });
    await iam.raw(operation, { ...thing.named, ...tags(["a", "3"]) });
    assert.deepEqual(await list(iam, thing), ["A=2", "a=3"]);
    await assert.rejects(iam.raw(operation, { ...thing.named, ...tags(["aws:x", "1"]) }), { code: "InvalidInput" });
    await assert.rejects(iam.raw(operation, { ...thing.absent, ...tags(["a", "1"]) }), { code: "NoSuchEntity" });
  });
}

export function untagThingTests(thing: TaggedThing): void {
  const operation = `Untag${thing.kind}`;
  guarded(operation as never, { ...thing.named, TagKeys: [] } as never, thing.arn, thing.make);

  test(`${operation} takes away what it names and nothing else`, async (t) => {
    const iam = await openIam(t);
    await thing.make(iam);
    await iam.raw(`Tag${thing.kind}`, { ...thing.named, ...tags(["a", "1"], ["b", "2"]) });
    await iam.raw(operation, { ...thing.named, TagKeys: ["a", "B", "c"] });
    assert.deepEqual(await list(iam, thing), ["b=2"]);
    await assert.rejects(iam.raw(operation, { ...thing.absent, TagKeys: ["a"] }), { code: "NoSuchEntity" });
  });
}

export function listThingTagsTests(thing: TaggedThing): void {
  const operation = `List${thing.kind}Tags`;
  guarded(operation as never, thing.named as never, thing.arn, thing.make);

  test(`${operation} pages through the tags`, async (t) => {
    const iam = await openIam(t);
    await thing.make(iam);
    await iam.raw(`Tag${thing.kind}`, { ...thing.named, ...tags(["a", "1"], ["b", "2"]) });
    const first = await iam.raw(operation, { ...thing.named, MaxItems: 1 });
    assert.deepEqual([first["Tags"], first["IsTruncated"]], [[{ Key: "a", Value: "1" }], true]);
    const second = await iam.raw(operation, { ...thing.named, MaxItems: 1, Marker: first["Marker"] });
    assert.deepEqual([second["Tags"], second["IsTruncated"]], [[{ Key: "b", Value: "2" }], false]);
    await assert.rejects(iam.raw(operation, thing.absent), { code: "NoSuchEntity" });
  });
}
