import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { awsEnvironment, runProgram } from "../harness/clients.js";
import { startServer } from "../harness/server.js";
import { faultsOf, type Scenarios } from "./masks.js";

// Scenarios that were recorded from the real service, played again with boto3 on the running server. They are older than
// the blocking of SSE-C, and customers' keys go over the loopback here.

const FOLDER = process.env["STRONGROOM_VECTORS"] ?? join(process.cwd(), "..", "shared", "vectors");
const recorded: Scenarios = JSON.parse(readFileSync(join(FOLDER, "recordings", "s3.json"), "utf8"));

/** Chance makes their ETags, or their bodies are not known: such values need only be equal where they were equal. */
const OTHER_VALUES = /SSEC|_sse_|encryption_sse_kms|in_place_with_encryption|copy_object_if_match_versioned/;

/** What is not played here, and why: the first that fits. */
const NOT_PLAYED: readonly (readonly [RegExp, string])[] = [
  [/lambda_integration/, "needs AWS Lambda"],
  [/^TestS3::test_s3_batch_delete_objects_using_requests_with_acl$/, "its recording is empty"],
  [
    /^TestS3::test_list_objects_v2_with_prefix$/,
    "contradicts the other lists: it is older than the checksums that S3 takes by itself",
  ],
  [
    /^TestS3::test_list_parts_empty_part_number_marker$/,
    "contradicts the other lists of parts: it is older than the end of an owner's `DisplayName`",
  ],
];

/** Another class has a scenario of this name, and that one is played. */
const SAME_NAME = new Set(["TestS3::test_list_parts_empty_part_number_marker"]);

let stop: () => Promise<unknown> = async () => {};
let played: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> = {};
before(async () => {
  const server = await startServer({ flags: ["--s3", "blockSseC=false,sseCOverHttp=true"] });
  stop = () => server.stop();
  const script = join(process.cwd(), "test", "conformance", "s3_recordings.py");
  const options = {
    environment: awsEnvironment(server),
    input: JSON.stringify(Object.keys(recorded).filter((name) => !SAME_NAME.has(name))),
  };
  const done = await runProgram("python3", [script], options);
  assert.equal(done.code, 0, done.stderr);
  played = JSON.parse(done.stdout);
});
after(() => stop());

for (const [scenario, answers] of Object.entries(recorded)) {
  test(scenario, (context) => {
    const found = played[scenario];
    const reason = NOT_PLAYED.find(([pattern]) => pattern.test(scenario))?.[1];
    if (!found) {
      assert.ok(reason, "a scenario is played, or it is said why not");
      return context.skip(reason);
    }
    assert.deepEqual(faultsOf(answers, found, OTHER_VALUES.test(scenario)), []);
  });
}

test("as many scenarios are played as were", () => {
  assert.ok(Object.values(played).filter((each) => each !== null).length >= PLAYED);
});

/** Raised with each that is rebuilt, so that none is lost unseen. */
const PLAYED = 272;
