import assert from "node:assert/strict";
import { test } from "node:test";
import { contextKeysOf } from "./context-keys.js";
import { statementPlaces } from "./statement-places.js";

test("statements are found in a list, alone, and past strings that look like them", () => {
  const list =
    '{"Version":"2012-10-17",\n "Statement":[{"Sid":"a}"},\n  {"Condition":{"x":{"Statement":"{"}}}],"Id":"{"}';
  assert.deepEqual(statementPlaces(list), [
    { start: { Line: 2, Column: 15 }, end: { Line: 2, Column: 27 } },
    { start: { Line: 3, Column: 3 }, end: { Line: 3, Column: 40 } },
  ]);
  assert.deepEqual(statementPlaces('{"Statement":{"Sid":"a"}}'), [
    { start: { Line: 1, Column: 14 }, end: { Line: 1, Column: 25 } },
  ]);
});

test("context keys come from conditions and variables, once each; an old version has no variables", () => {
  const text = (Version: string) =>
    JSON.stringify({
      Version,
      Statement: {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::b/${aws:username}/${*}/*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}"],
        Condition: { StringEquals: { "aws:SourceVpc": "v" }, StringLike: { "AWS:SourceVpc": "w*" } },
      },
    });
  assert.deepEqual(contextKeysOf(text("2012-10-17"), "identity"), [
    "aws:SourceVpc",
    "aws:username",
    "aws:PrincipalTag/team",
  ]);
  assert.deepEqual(contextKeysOf(text("2008-10-17"), "identity"), ["aws:SourceVpc"]);
});
