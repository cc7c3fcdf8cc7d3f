import assert from "node:assert/strict";
import { isAwsError } from "../base/index.js";
import type { RequestHead, ResponseParts } from "./port.js";
import { openWire } from "./wire.js";

export const wire = openWire({ modelsFolder: `${process.cwd()}/models` });

export function head(method: string, url: string, headers: Record<string, string> = {}): RequestHead {
  const [path = "/", ...query] = url.split("?");
  return { method, path, query: query.join("?"), headers: { host: "127.0.0.1:7100", ...headers }, rawHeaders: [] };
}

export const scoped = (service: string, more: Record<string, string> = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  ...more,
});

export function decode(request: RequestHead, body?: string | Buffer) {
  const bytes = body === undefined ? undefined : Buffer.from(body as string); // Buffer.from takes either
  const recognised = wire.recognise(request);
  assert.ok(recognised);
  const routed = wire.route(recognised, request, bytes);
  return { name: routed.operation.name, input: wire.decode(routed, request, bytes) };
}

export const kms = (operation: string) =>
  head("POST", "/", scoped("kms", { "x-amz-target": `TrentService.${operation}` }));
export const s3 = (method: string, url: string, more = {}) => head(method, url, scoped("s3", more));
export const refused = (code: string, message?: string | RegExp) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, code), `${thrown}`);
  if (typeof message === "string") assert.equal(thrown.message, message);
  else if (message) assert.match(thrown.message, message);
  return true;
};
export const textOf = (parts: ResponseParts) => Buffer.from((parts.body as Uint8Array | null) ?? "").toString("utf8"); // none here streams
