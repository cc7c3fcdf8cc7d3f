import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEventDestinations } from "./event-destinations.js";

const ARN = "arn:aws:sqs:us-east-1:111122223333:jobs";

test("what is no ARN of a destination, and no address, is refused without showing the address", () => {
  const bad: unknown[] = [
    [],
    "https://localhost/",
    { "arn:aws:s3:::bucket": "https://localhost/" },
    { "arn:aws:sqs:us-east-1::jobs": "https://localhost/" },
    { [ARN]: 7 },
    { [ARN]: "ftp://token@localhost/" },
    { [ARN]: "token" },
    { [ARN]: "file://other-machine/token" },
    { [ARN]: "file:///token/" },
  ];
  for (const one of bad)
    assert.throws(
      () => parseEventDestinations(JSON.stringify(one)),
      (thrown: Error) => !thrown.message.includes("token"),
    );
  assert.throws(() => parseEventDestinations("{"), /not understood/);
});

test("webhooks and logs, and none", () => {
  assert.equal(parseEventDestinations("").size, 0);
  const found = parseEventDestinations(
    JSON.stringify({ [ARN]: "https://localhost:1/hook", [`${ARN}2`]: "file:///a/b" }),
  );
  assert.deepEqual([...found.values()].map(String), ["https://localhost:1/hook", "file:///a/b"]);
});
