import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { canonicalRequest, stringToSign } from "../../src/identity/sigv4/canonical.js";
import { parseSignature, sha256Hex, verifySignature } from "../../src/identity/sigv4/index.js";
import type { Presented } from "../../src/identity/sigv4/presented.js";
import { signature, signingKey } from "../../src/identity/sigv4/signing-key.js";
import { canonicalQuery, encodedPath, normalisedPath } from "../../src/identity/sigv4/uri.js";
import type { RequestHead } from "../../src/wire/index.js";

const FOLDER = process.env["STRONGROOM_VECTORS"] ?? join(process.cwd(), "..", "shared", "vectors");

interface Context {
  readonly credentials: { readonly secret_access_key: string; readonly token?: string };
  readonly normalize: boolean;
  readonly omit_session_token?: boolean;
  readonly timestamp: string;
}

interface Request {
  readonly head: RequestHead;
  readonly body: string;
}

const vectors: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(FOLDER, "sigv4", "v4.json"), "utf8"),
);

test("all cases of the suite are there", () => assert.equal(Object.keys(vectors).length, 38));

for (const [name, files] of Object.entries(vectors)) {
  const file = (part: string) => files[part] ?? assert.fail(`${name} has no ${part}`);
  const context: Context = JSON.parse(file("context.json"));
  for (const form of ["header", "query"] as const) {
    test(`${name}, signed by ${form}`, () => {
      const request = parseRequest(file(`${form}-signed-request.txt`));
      const presented = parseSignature(request.head, "json") ?? assert.fail("a signature is there");
      const canonical = canonicalOf(request, presented, context);
      assert.equal(canonical, file(`${form}-canonical-request.txt`));
      const text = stringToSign(presented.date, presented.scopeText, canonical);
      assert.equal(text, file(`${form}-string-to-sign.txt`));
      const key = signingKey(presented.accessKeyId, presented.scope, context.credentials.secret_access_key);
      assert.equal(signature(key, text), file(`${form}-signature.txt`));
      assert.equal(presented.signature, file(`${form}-signature.txt`));
      assert.equal(presented.sessionToken, context.credentials.token);
      checkVerified(request, presented, context);
    });
  }
}

/** The house accepts each whole request, but for what it leaves out on purpose: then it must refuse it. */
function checkVerified({ head, body }: Request, presented: Presented, context: Context): void {
  const verify = (secret: string) =>
    verifySignature({
      presented,
      head,
      secret,
      bodySha256: sha256Hex(body),
      now: new Date(context.timestamp),
      family: "json",
      signingName: "service",
    });
  const secret = context.credentials.secret_access_key;
  const isRefused =
    (!context.normalize && normalisedPath(head.path) !== encodedPath(head.path)) || context.omit_session_token;
  if (isRefused) assert.throws(() => verify(secret), { code: "InvalidSignatureException" });
  else verify(secret);
  assert.throws(() => verify(`${secret}x`), { code: "InvalidSignatureException" });
}

function canonicalOf({ head, body }: Request, presented: Presented, context: Context): string {
  return canonicalRequest(head, {
    method: head.method,
    path: context.normalize ? normalisedPath(head.path) : encodedPath(head.path),
    query: canonicalQuery(withoutLateToken(head.query, context), "X-Amz-Signature"),
    signedHeaders: presented.signedHeaders,
    payloadHash: sha256Hex(body),
  });
}

/** One case adds the token after it has signed: what was signed did not hold it. */
const withoutLateToken = (query: string, context: Context): string =>
  context.omit_session_token ? query.replace(/&X-Amz-Security-Token=[^&]*/, "") : query;

/** As Node gives it: one character a byte, names in lower case, repeated headers joined. */
function parseRequest(text: string): Request {
  const [top = "", body = ""] = Buffer.from(text, "utf8").toString("latin1").split("\n\n");
  const [requestLine = "", ...lines] = top.replace(/\n(?=[ \t])/g, " ").split("\n");
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(requestLine) ?? assert.fail(requestLine);
  const mark = target.indexOf("?");
  const rawHeaders = lines.flatMap((line) => [
    line.slice(0, line.indexOf(":")),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]?.toLowerCase() ?? "", rawHeaders[i + 1] ?? ""];
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const [path, query] = mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
  return { head: { method, path, query, headers, rawHeaders }, body };
}
