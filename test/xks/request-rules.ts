import assert from "node:assert/strict";
import { findBase64 } from "./parts.js";
import { amzDate } from "./sigv4.js";
import type { Recorded } from "./stub-proxy.js";

// What the published API demands of every request that KMS sends, whatever it is about.

interface MemberRule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const VPC = ["awsSourceVpc", "awsSourceVpce"];
const USE: MemberRule = {
  required: ["awsPrincipalArn", "kmsKeyArn", "kmsOperation", "kmsRequestId"],
  optional: [...VPC, "kmsViaService"],
};

const REQUEST_METADATA: Readonly<Record<string, MemberRule>> = {
  // A key has an ARN to tell only after it was created: see the test of CreateKey for `kmsKeyArn`.
  metadata: { required: ["awsPrincipalArn", "kmsOperation", "kmsRequestId"], optional: [...VPC, "kmsKeyArn"] },
  encrypt: USE,
  decrypt: USE,
  health: { required: ["kmsOperation", "kmsRequestId"], optional: [] },
};

const BODY: Readonly<Record<string, MemberRule>> = {
  metadata: { required: ["requestMetadata"], optional: [] },
  health: { required: ["requestMetadata"], optional: [] },
  // An integrity value is optional in the API; a KMS that does not ask for it would take what cannot be decrypted.
  encrypt: {
    required: ["requestMetadata", "plaintext", "encryptionAlgorithm", "ciphertextDataIntegrityValueAlgorithm"],
    optional: ["additionalAuthenticatedData"],
  },
  decrypt: {
    required: ["requestMetadata", "ciphertext", "encryptionAlgorithm", "initializationVector", "authenticationTag"],
    optional: ["additionalAuthenticatedData", "ciphertextMetadata"],
  },
};

const CIPHERS = /^(ECDHE-(RSA|ECDSA)-AES256-GCM-SHA384|TLS_AES_256_GCM_SHA384|TLS_CHACHA20_POLY1305_SHA256)$/;

export function assertRules(request: Recorded): void {
  assertTransport(request);
  assertSigned(request);
  assertMembers(request.body, BODY[request.api], request.path);
  assertMembers(request.requestMetadata, REQUEST_METADATA[request.api], request.path);
  for (const value of Object.values(request.requestMetadata)) assert.ok(typeof value === "string" && value !== "");
  if (request.api === "encrypt") {
    assert.equal(request.body["ciphertextDataIntegrityValueAlgorithm"], "SHA_256");
    assertBytes(request, "plaintext", 1, 4300);
  }
  if (request.api === "decrypt") {
    assertBytes(request, "ciphertext", 1, 4300);
    assertBytes(request, "initializationVector", 12, 16);
    assertBytes(request, "authenticationTag", 16, 16);
    assertBytes(request, "ciphertextMetadata", 0, 20);
  }
  if (request.api === "encrypt" || request.api === "decrypt") {
    assert.equal(request.body["encryptionAlgorithm"], "AES_GCM");
    assertBytes(request, "additionalAuthenticatedData", 0, 8192);
  }
}

function assertTransport(request: Recorded): void {
  assert.equal(request.method, "POST");
  assert.match(request.path, /^\/[\w/-]*kms\/xks\/v1(\/keys\/[\w.-]{1,128}\/(metadata|encrypt|decrypt)|\/health)$/);
  assert.ok(`https://${request.headers["host"]}${request.path}`.length <= 256, "the URI is short enough");
  assert.match(request.headers["content-type"] ?? "", /^application\/json\b/);
  assert.ok(["1.1", "2.0"].includes(request.httpVersion), request.httpVersion);
  assert.ok(["TLSv1.2", "TLSv1.3"].includes(request.tls), request.tls);
  assert.match(request.cipher, CIPHERS);
}

function assertSigned({ authorization, headers, path, status }: Recorded): void {
  assert.ok(authorization, `${path} is signed`);
  assert.equal(authorization.service, "kms-xks-proxy");
  assert.deepEqual(authorization.signedHeaders, [...authorization.signedHeaders].sort());
  for (const name of ["host", "x-amz-date"]) assert.ok(authorization.signedHeaders.includes(name), `${name} is signed`);
  assert.equal(headers["x-amz-date"]?.slice(0, 8), authorization.day);
  assert.match(headers["x-amz-date"] ?? "", /^\d{8}T\d{6}Z$/);
  assert.ok(Math.abs(Number(authorization.day) - Number(amzDate(new Date()).slice(0, 8))) <= 1, "signed today");
  assert.notEqual(status, 401, `the signature of ${path} is good`);
}

function assertMembers(given: object, rule: MemberRule | undefined, path: string): void {
  assert.ok(rule, path);
  const names = Object.keys(given);
  const missing = rule.required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !rule.required.includes(name) && !rule.optional.includes(name));
  assert.deepEqual({ path, missing, unknown }, { path, missing: [], unknown: [] });
}

function assertBytes({ body, path }: Recorded, name: string, least: number, most: number): void {
  if (body[name] === undefined) return; // assertMembers has found what must be there
  const bytes = findBase64(body[name]);
  assert.ok(bytes, `${name} of ${path} is base64`);
  assert.ok(bytes.length >= least && bytes.length <= most, `${name} of ${path} has ${bytes.length} bytes`);
}
