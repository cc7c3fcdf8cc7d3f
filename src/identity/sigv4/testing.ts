import assert from "node:assert/strict";
import type { RequestHead } from "../../wire/index.js";
import type { Family } from "./errors.js";
import { sha256Hex } from "./hash.js";
import { parseSignature } from "./parse.js";
import type { Presented } from "./presented.js";
import { type Signable, signRequest } from "./sign.js";
import type { Verification } from "./verification.js";
import { verifySignature } from "./verify.js";

export const CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

export const NOW = new Date("2026-01-01T00:00:00Z");

/** A request as a server has it once its body is read. */
export interface Sent extends RequestHead {
  readonly body: string;
}

/** Headers as Node tells them. */
export function sentHead(method: string, target: string, headers: Readonly<Record<string, string>>): RequestHead {
  const mark = target.indexOf("?");
  const [path, query] = mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path, query, headers: lower, rawHeaders: Object.entries(headers).flat() };
}

/** A KMS request that is good, but for what is given. */
export function send(given: Partial<Signable> = {}, body = '{"KeyId":"alias/a"}'): Sent {
  const signable: Signable = {
    method: "POST",
    path: "/",
    headers: { host: "localhost:8443", "x-amz-target": "TrentService.DescribeKey" },
    body,
    region: "us-east-1",
    service: "kms",
    credentials: CREDENTIALS,
    date: NOW,
    ...given,
  };
  return { ...sentHead(signable.method, signable.path, signRequest(signable)), body };
}

/** The same request after somebody on the way put a hand on its headers. */
export function withHeaders(sent: Sent, headers: Readonly<Record<string, string>>): Sent {
  const changed = { ...sent.headers, ...headers };
  return { ...sent, headers: changed, rawHeaders: Object.entries(changed).flat() };
}

export function present(head: RequestHead, family: Family = "json"): Presented {
  return parseSignature(head, family) ?? assert.fail("a signature is there");
}

export function verify(sent: Sent, given: Partial<Verification> = {}): Presented {
  const family = given.family ?? "json";
  const presented = present(sent, family);
  verifySignature({
    presented,
    head: sent,
    secret: CREDENTIALS.secretAccessKey,
    bodySha256: sha256Hex(sent.body),
    now: NOW,
    family,
    signingName: family === "s3" ? "s3" : "kms",
    regions: new Set(["us-east-1", "eu-west-1"]),
    ...given,
  });
  return presented;
}
