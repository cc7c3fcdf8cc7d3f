import { table } from "../../base/index.js";
import type { Extra } from "./types.js";

const TAG_KEY = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";
const SESSION_NAME = "[\\w+=,.@-]*";
const DOCUMENT = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
const ARN = "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+";
const TAG_VALUE = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** STS API version 2011-06-15: lengths, ranges and patterns of its model. A row with a structure is where one operation differs. */
export const STS: Extra = table({
  AccessKeyId: { length: [16, 128], pattern: "[\\w]*" },
  Audience: { length: [1, 10], each: { length: [1, 1000] } },
  ContextAssertion: { length: [4, 2048] },
  DurationSeconds: { range: [900, 43200] },
  EncodedMessage: { length: [1, 10240] },
  ExternalId: { length: [2, 1224], pattern: "[\\w+=,.@:\\/-]*" },
  Key: { length: [1, 128], pattern: TAG_KEY },
  Name: { length: [2, 32], pattern: SESSION_NAME },
  Policy: { length: [1, 2048], pattern: DOCUMENT },
  PrincipalArn: { length: [20, 2048], pattern: ARN },
  ProvidedContexts: { length: [1, 5] },
  ProviderArn: { length: [20, 2048], pattern: ARN },
  ProviderId: { length: [4, 2048] },
  RoleArn: { length: [20, 2048], pattern: ARN },
  RoleSessionName: { length: [2, 64], pattern: SESSION_NAME },
  SAMLAssertion: { length: [4, 100000] },
  SerialNumber: { length: [9, 256], pattern: "[\\w+=/:,.@-]*" },
  SigningAlgorithm: { length: [5, 5] },
  SourceIdentity: { length: [2, 64], pattern: SESSION_NAME },
  Tags: { length: [0, 50] },
  TargetPrincipal: { length: [12, 2048] },
  TokenCode: { length: [6, 6], pattern: "[\\d]*" },
  TransitiveTagKeys: { length: [0, 50], each: { length: [1, 128], pattern: TAG_KEY } },
  Value: { length: [0, 256], pattern: TAG_VALUE },
  WebIdentityToken: { length: [4, 20000] },
  arn: { length: [20, 2048], pattern: ARN },
  "AssumeRoleRequest.Policy": { length: [1, UNBOUNDED], pattern: DOCUMENT },
  "AssumeRootRequest.DurationSeconds": { range: [0, 900] },
  "GetFederationTokenRequest.DurationSeconds": { range: [900, 129600] },
  "GetSessionTokenRequest.DurationSeconds": { range: [900, 129600] },
  "GetWebIdentityTokenRequest.DurationSeconds": { range: [60, 3600] },
});
