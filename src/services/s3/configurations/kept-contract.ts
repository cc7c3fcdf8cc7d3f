import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type ConfigurationKind, putConfiguration, selectBucket } from "../store/index.js";
import { BUCKET, s3House } from "../testing.js";

const WORD = { analytics: "Analytics", intelligentTiering: "IntelligentTiering", metrics: "Metrics" } as const;

const SAMPLES = {
  analytics: { Filter: { Prefix: "logs/" }, StorageClassAnalysis: {} },
  intelligentTiering: { Status: "Enabled", Tierings: [{ AccessTier: "ARCHIVE_ACCESS", Days: 90 }] },
  metrics: { Filter: { Tag: { Key: "team", Value: "files" } } },
} as const;

/** A house, one kind of configuration, and a sample of it. */
export async function configurationHouse(kind: ConfigurationKind) {
  const house = await s3House();
  after(() => house.close());
  const name = `${WORD[kind]}Configuration`;
  const sample = (Id: string, more: object = {}) => ({ Id, ...SAMPLES[kind], ...more });
  const put = (Id: string, value: object = sample(Id), parts: object = {}) =>
    house.call(`PutBucket${name}`, { Bucket: BUCKET, Id, [name]: value }, parts);
  const get = async (Id: string, parts: object = {}) =>
    (await house.call(`GetBucket${name}`, { Bucket: BUCKET, Id }, parts))[name];
  const remove = (Id: string, parts: object = {}) => house.call(`DeleteBucket${name}`, { Bucket: BUCKET, Id }, parts);
  const list = (input: object = {}, parts: object = {}) =>
    house.call<Page>(`ListBucket${name}s`, { Bucket: BUCKET, ...input }, parts);
  /** Stored in one step, as if each had been put. */
  const fill = (ids: readonly string[]) =>
    house.database.write(async (tx) => {
      const bucket = await selectBucket(tx, BUCKET);
      for (const id of ids)
        await putConfiguration(tx, bucket?.id ?? "", kind, { id, text: JSON.stringify(sample(id)) });
    });
  const idsOf = (page: Page) => (page[`${name}List`] as { Id: string }[] | undefined)?.map(({ Id }) => Id); // as listed
  return { house, sample, put, get, remove, list, fill, idsOf };
}

type Page = Record<string, unknown> & { readonly IsTruncated: boolean; readonly NextContinuationToken?: string };

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const missing = (thrown: unknown) =>
  isAwsError(thrown, "NoSuchConfiguration") &&
  thrown.status === 404 &&
  thrown.message === "The specified configuration does not exist.";

export async function putContract(
  kind: ConfigurationKind,
  bad: (sample: (more: object) => object) => readonly (readonly [object, string])[],
): Promise<void> {
  const { house, put, get, sample, list, fill, idsOf } = await configurationHouse(kind);

  test("what is put takes the place of the one of its id, and no other", async () => {
    assert.deepEqual(await put("two"), { httpStatus: 204 });
    await put("one");
    const changed = sample("two", { Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } } });
    await put("two", changed);
    assert.deepEqual(await get("two"), changed);
    assert.deepEqual(await get("one"), sample("one"));
    assert.deepEqual(idsOf(await list()), ["one", "two"]);
  });

  test("what S3 refuses changes nothing", async () => {
    const before = await list();
    await assert.rejects(put("one", sample("one"), nobody), Denied);
    await assert.rejects(put("one", sample("other")), code("MalformedXML"));
    for (const id of ["", "a b", "x".repeat(65), "ä"]) await assert.rejects(put(id), code("MalformedXML"), id);
    const filters = [
      { Prefix: "a", Tag: { Key: "k", Value: "v" } },
      { And: { Prefix: "a" } },
      { Tag: { Key: "", Value: "v" } },
      { Prefix: "x".repeat(70_000) },
    ];
    for (const Filter of filters) await assert.rejects(put("one", sample("one", { Filter })), code("MalformedXML"));
    for (const [value, error] of bad((more) => sample("one", more))) {
      await assert.rejects(put("one", value), code(error), JSON.stringify(value));
    }
    assert.deepEqual(await list(), before);
  });

  test("a thousand may be kept, and each of them changed", async () => {
    await fill(Array.from({ length: 998 }, (_, at) => `z-${at}`));
    await assert.rejects(put("one-more"), code("TooManyConfigurations"));
    await put("z-7", sample("z-7", { Filter: { Prefix: "b/" } }));
  });

  test("a bucket that is made again begins with none", async () => {
    await house.call("DeleteBucket", { Bucket: BUCKET });
    await house.call("CreateBucket", { Bucket: BUCKET });
    assert.deepEqual(await list(), { IsTruncated: false });
    const rows = await house.database.read((tx) => tx.all("SELECT id FROM bucket_configurations LIMIT 1"));
    assert.deepEqual(rows, []);
  });
}

export async function getContract(kind: ConfigurationKind): Promise<void> {
  const { house, put, get, sample } = await configurationHouse(kind);
  test("a configuration is shown to who may see it, in its own bucket", async () => {
    await assert.rejects(get("one"), missing);
    await put("one");
    await assert.rejects(get("one", nobody), Denied);
    assert.deepEqual(await get("one"), sample("one"));
    await assert.rejects(get("One"), missing);
    await house.call("CreateBucket", { Bucket: "another-bucket" });
    await assert.rejects(
      house.call(`GetBucket${WORD[kind]}Configuration`, { Bucket: "another-bucket", Id: "one" }),
      missing,
    );
  });
}

export async function deleteContract(kind: ConfigurationKind): Promise<void> {
  const { put, get, remove, list } = await configurationHouse(kind);
  test("a configuration is deleted by who may put one, once, and the others stay", async () => {
    await put("one");
    await put("two");
    await assert.rejects(remove("one", nobody), Denied);
    await remove("one");
    await assert.rejects(remove("one"), missing);
    await get("two");
    await remove("two");
    assert.deepEqual(await list(), { IsTruncated: false });
  });
}

export async function listContract(kind: ConfigurationKind): Promise<void> {
  const { fill, list, idsOf } = await configurationHouse(kind);
  test("configurations are listed a hundred a page in the order of their ids, to who may see them", async () => {
    await assert.rejects(list({}, nobody), Denied);
    const ids = Array.from({ length: 200 }, (_, at) => `id-${String(at).padStart(3, "0")}`);
    await fill([...ids].reverse());
    const first = await list();
    const ContinuationToken = first.NextContinuationToken;
    const second = await list({ ContinuationToken });
    assert.deepEqual([first.IsTruncated, second.IsTruncated], [true, false]);
    assert.deepEqual([second["ContinuationToken"], second.NextContinuationToken], [ContinuationToken, undefined]);
    assert.deepEqual([...(idsOf(first) ?? []), ...(idsOf(second) ?? [])], ids);
    await assert.rejects(list({ ContinuationToken: "id-003" }), code("InvalidArgument"));
  });
}
