import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError } from "../base/index.js";
import type { RequestHead } from "../wire/index.js";
import { openWire } from "../wire/index.js";
import { HOUSE_PATH, withHouseApi } from "./house-wire.js";

const wire = withHouseApi(openWire({ modelsFolder: "models" }), ["Explain"]);
const head = (method: string, operation: string): RequestHead => ({
  method,
  path: HOUSE_PATH + operation,
  query: "",
  headers: {},
  rawHeaders: [],
});

test("an error of the house's own API is told as JSON, with its status, and cuts no connection", () => {
  const explain = head("POST", "Explain");
  const recognised = wire.recognise(explain);
  const refusal = new AwsError("AccessDeniedException", "no", { status: 403 });
  const { status, body, headers } = wire.encodeError(recognised?.service, refusal, "r-1", explain);
  assert.equal(status, 403);
  assert.equal(headers["x-amzn-requestid"] ?? headers["x-amzn-RequestId"], "r-1");
  assert.match(String(body), /"__type":"AccessDeniedException"/);
});

test("operations that the house does not have, and other methods, are refused", () => {
  for (const other of [head("POST", "Expl"), head("GET", "Explain"), head("POST", "")]) {
    const recognised = wire.recognise(other);
    assert.ok(recognised);
    assert.throws(() => wire.route(recognised, other, undefined), { code: "UnknownOperationException" });
  }
});
