import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf, wire } from "./testing.js";

const service = wire.service("s3");

/** The members of the answer of that operation, as text. */
function written(name: string, output: Record<string, unknown>): string {
  const operation = service.operations.get(name);
  assert.ok(operation);
  const parts = wire.encode({ service, operation, labels: {} }, output, "req-1");
  assert.equal(parts.headers["content-length"], String((parts.body as Uint8Array).length)); // S3's documents are bytes
  const [, content] = /^<\?xml[^>]*>\n<\w+ xmlns="[^"]*">(.*)<\/\w+>$/s.exec(textOf(parts)) ?? [];
  assert.ok(content !== undefined);
  return content;
}

const OWNER = { ID: "a<b", DisplayName: "owner" };
const CRC32 = ["CRC32"];
const KEYS = ["plain", "é", "\u{1f600}", "a&b<c>\"d'", "\r\n\u0001\u0000", "\ud800", "x".repeat(1024), "a+b%2F"];

/** Neighbours share much, little or nothing; an owner of the same text is another object now and then. */
const entry = (nth: number): Record<string, unknown> & { Key: string } => ({
  Key: `${KEYS[nth % KEYS.length]}${nth}`,
  LastModified: new Date(nth * 86_399_999),
  ETag: `"${nth}"`,
  ...(nth % 3 === 0 ? {} : { ChecksumAlgorithm: nth % 5 === 0 ? ["SHA1", "CRC64NVME"] : CRC32 }),
  ChecksumType: nth % 7 === 0 ? "COMPOSITE" : "FULL_OBJECT",
  Size: nth * 1e9,
  StorageClass: nth % 11 === 0 ? "GLACIER" : "STANDARD",
  Owner: nth % 4 === 0 ? { ...OWNER } : nth % 9 === 0 ? undefined : OWNER,
  ...(nth % 13 === 0
    ? { RestoreStatus: { IsRestoreInProgress: nth % 2 === 0, RestoreExpiryDate: new Date(nth) } }
    : {}),
});
const ENTRIES = Array.from({ length: 300 }, (_, nth) => entry(nth));

for (const name of ["ListObjects", "ListObjectsV2"]) {
  test(`${name}: hundreds of entries are written as each of them alone is`, () => {
    const alone = ENTRIES.map((one) => written(name, { Contents: [one] }));
    assert.match(alone[0] ?? "", /^<Contents><Key>plain0<\/Key><LastModified>1970-01-01T00:00:00Z</);
    assert.equal(written(name, { Contents: ENTRIES }), alone.join(""));
    const prefixes = KEYS.map((Prefix) => ({ Prefix }));
    const all = written(name, { Name: "b", IsTruncated: true, Contents: ENTRIES, CommonPrefixes: prefixes });
    const around = written(name, { Name: "b", IsTruncated: true, Contents: [{ Key: "k" }], CommonPrefixes: prefixes });
    assert.equal(
      all,
      around.replace("<Contents><Key>k</Key></Contents>", () => alone.join("")),
    );
  });
}

test("ListObjectVersions: versions and delete markers stand where they belong, each as alone", () => {
  const versions = ENTRIES.map((one, nth) => ({ ...one, VersionId: `v${nth}`, IsLatest: nth % 2 === 0 }));
  const markers = versions.map(({ Key, VersionId, IsLatest }) => ({ Key, VersionId, IsLatest, Owner: OWNER }));
  const listed: ("Versions" | "DeleteMarkers")[] = [];
  const alone: string[] = [];
  for (const [nth, version] of versions.entries()) {
    listed.push("Versions");
    alone.push(written("ListObjectVersions", { Versions: [version] }));
    if (nth % 5 !== 0) continue;
    listed.push("DeleteMarkers");
    alone.push(written("ListObjectVersions", { DeleteMarkers: [markers[nth]] }));
  }
  const DeleteMarkers = markers.filter((_, nth) => nth % 5 === 0);
  const together = written("ListObjectVersions", { Versions: versions, DeleteMarkers, listed });
  assert.equal(together, alone.join(""));
  assert.ok(together.includes("<DeleteMarker><Owner>") && together.includes("<Version><ETag>"));
});

test("what changed since the last list is written changed, though it is the same object", () => {
  const owner = { ID: "before" };
  const list = [
    { Key: "a", Owner: owner },
    { Key: "b", Owner: owner },
  ];
  assert.equal(written("ListObjectsV2", { Contents: list }).split("<ID>before</ID>").length, 3);
  owner.ID = "after";
  assert.equal(written("ListObjectsV2", { Contents: list }).split("<ID>after</ID>").length, 3);
});
