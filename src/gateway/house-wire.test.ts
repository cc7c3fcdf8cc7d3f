import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead, Wire } from "../wire/index.js";
import { HOUSE_SERVICE, withHouseApi } from "./house-wire.js";

const refuses = () => {
  throw new Error("asked of AWS's wire");
};
const aws: Wire = {
  services: ["kms"],
  service: refuses,
  recognise: () => undefined,
  routesByBody: refuses,
  route: refuses,
  decode: refuses,
  encode: refuses,
  encodeError: refuses,
};
const wire = withHouseApi(aws, ["CreateAccount"]);
const head = (path: string, method = "POST"): RequestHead => ({ method, path, query: "", headers: {}, rawHeaders: [] });

function routed(path = "/_strongroom/api/CreateAccount", method = "POST") {
  const recognised = wire.recognise(head(path, method));
  assert.ok(recognised);
  return wire.route(recognised, head(path, method), undefined);
}

test("only the house's path is the house's, and only its operations are there", () => {
  assert.equal(wire.recognise(head("/")), undefined);
  assert.equal(routed().service.id, HOUSE_SERVICE);
  assert.throws(() => routed("/_strongroom/api/Other"), { code: "UnknownOperationException" });
  assert.throws(() => routed("/_strongroom/api/CreateAccount", "GET"), { code: "UnknownOperationException" });
});

test("a body must be a JSON object or nothing", () => {
  const decode = (text: string) => wire.decode(routed(), head("/"), Buffer.from(text));
  assert.deepEqual(decode('{"name":"a"}'), { name: "a" });
  assert.deepEqual(decode(""), {});
  for (const wrong of ["[1]", "1", "null", "{", "\u0000"])
    assert.throws(() => decode(wrong), { code: "SerializationException" }, wrong);
});

test("an answer is JSON with its request id", () => {
  const parts = wire.encode(routed(), { a: 1 }, "id-1");
  assert.equal(parts.headers["x-amzn-requestid"], "id-1");
  assert.deepEqual(JSON.parse(String(parts.body)), { a: 1 });
});
