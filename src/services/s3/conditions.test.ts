import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError } from "../../base/index.js";
import {
  checkCompletion,
  checkCopySource,
  checkRead,
  checkWrite,
  checkWriteForm,
  type ReadConditions,
  rangeHolds,
} from "./conditions.js";

const AT_MS = Date.parse("2026-11-21T09:00:00.700Z");
const OBJECT = { etag: "abc", modifiedMs: AT_MS };
const NOW_MS = AT_MS + 3600_000;
const at = (seconds: number) => new Date(Math.floor(AT_MS / 1000) * 1000 + seconds * 1000);

const READS: [ReadConditions, string | undefined][] = [
  [{ ifMatch: '"other"' }, "PreconditionFailed"],
  [{ ifMatch: '"abc"' }, undefined],
  [{ ifMatch: "abc" }, undefined],
  [{ ifMatch: "*" }, undefined],
  [{ ifMatch: '"x", "abc"' }, undefined],
  [{ ifNoneMatch: '"abc"' }, "304"],
  [{ ifNoneMatch: "abc" }, "304"],
  [{ ifNoneMatch: 'W/"abc"' }, "304"],
  [{ ifNoneMatch: "*" }, "304"],
  [{ ifNoneMatch: '"other"' }, undefined],
  [{ ifModifiedSince: at(0) }, "304"],
  [{ ifModifiedSince: at(-1) }, undefined],
  [{ ifModifiedSince: at(7200) }, undefined],
  [{ ifUnmodifiedSince: at(-1) }, "PreconditionFailed"],
  [{ ifUnmodifiedSince: at(0) }, undefined],
  [{ ifMatch: '"abc"', ifUnmodifiedSince: at(-1) }, undefined],
  [{ ifNoneMatch: '"other"', ifModifiedSince: at(0) }, undefined],
];
for (const [conditions, code] of READS) {
  test(`reading with ${JSON.stringify(conditions)} ${code ? `answers ${code}` : "is answered"}`, () => {
    const read = () => checkRead(conditions, OBJECT, NOW_MS);
    if (code) assert.throws(read, (thrown) => isAwsError(thrown, code));
    else read();
    if (code)
      assert.throws(
        () => checkCopySource(conditions, OBJECT, NOW_MS),
        (thrown) => isAwsError(thrown, "PreconditionFailed"),
      );
  });
}

test("a failed condition of a copy's source is named as its header", () => {
  assert.throws(
    () => checkCopySource({ ifNoneMatch: "abc" }, OBJECT, NOW_MS),
    (thrown) => isAwsError(thrown) && thrown.fields["Condition"] === "x-amz-copy-source-If-None-Match",
  );
});

test("writes take If-Match with an ETag and If-None-Match with a star, nothing else", () => {
  for (const refused of [{ ifMatch: "*" }, { ifNoneMatch: "abc" }, { ifMatch: "abc", ifNoneMatch: "*" }]) {
    assert.throws(
      () => checkWriteForm(refused),
      (thrown) => isAwsError(thrown, "NotImplemented") && thrown.status === 501,
    );
  }
  for (const taken of [{}, { ifMatch: "abc" }, { ifNoneMatch: "*" }]) checkWriteForm(taken);
});

test("a conditional write looks at what stands there", () => {
  assert.throws(
    () => checkWrite({ ifNoneMatch: "*" }, "k", OBJECT),
    (thrown) => isAwsError(thrown, "PreconditionFailed"),
  );
  assert.throws(
    () => checkWrite({ ifMatch: "other" }, "k", OBJECT),
    (thrown) => isAwsError(thrown, "PreconditionFailed"),
  );
  assert.throws(
    () => checkWrite({ ifMatch: "abc" }, "k", undefined),
    (thrown) => isAwsError(thrown, "NoSuchKey"),
  );
  checkWrite({ ifNoneMatch: "*" }, "k", undefined);
  checkWrite({ ifMatch: '"abc"' }, "k", OBJECT);
});

test("a completion conflicts with what happened since the upload began", () => {
  const conflict = (thrown: unknown) => isAwsError(thrown, "ConditionalRequestConflict");
  const began = { initiatedMs: AT_MS - 1, keyExisted: true };
  assert.throws(() => checkCompletion({ ifMatch: "abc" }, "k", OBJECT, began), conflict);
  assert.throws(() => checkCompletion({ ifNoneMatch: "*" }, "k", undefined, began), conflict);
  checkCompletion({ ifMatch: "abc" }, "k", OBJECT, { ...began, initiatedMs: AT_MS });
  checkCompletion({ ifNoneMatch: "*" }, "k", undefined, { ...began, keyExisted: false });
  checkCompletion({}, "k", OBJECT, began);
});

test("a range counts while its If-Range names the object as it is, and not beside another one", () => {
  const modified = new Date(AT_MS).toUTCString();
  for (const same of ['"abc"', "abc", modified]) assert.ok(rangeHolds(same, OBJECT), same);
  const others = ['"other"', 'W/"abc"', "other", "", new Date(AT_MS + 1000).toUTCString(), new Date(0).toUTCString()];
  for (const other of others) assert.ok(!rangeHolds(other, OBJECT), other);
});
