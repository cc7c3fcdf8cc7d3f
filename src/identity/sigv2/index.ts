/**
 * AWS Signature Version 2 in URLs, which only S3 still takes: reads what a URL presents and proves it with the key's
 * secret. It never signs, knows no header form and no other service. The gateway verifies with it.
 */
export { type PresentedVersion2, parseVersion2 } from "./parse.js";
export { type Version2Verification, verifyVersion2 } from "./verify.js";
