/**
 * AWS Signature Version 4: reads what a request presents, proves it with the key's secret, signs requests of our own.
 * It never looks a credential up and never reads a body: the gateway brings both. The gateway verifies with it, the
 * CLI and the tests sign with it.
 */
export { chunkVerifier } from "./chunk-verifier.js";
export { credentialError, type Family, familyOf, missingSignature } from "./errors.js";
export { sha256Hex } from "./hash.js";
export { parseSignature } from "./parse.js";
export { PayloadHasher, payloadHasher } from "./payload.js";
export { type PostSignature, parsePostSignature, verifyPostSignature } from "./post.js";
export type { PayloadDeclaration, Presented, Scope } from "./presented.js";
export { type Signable, type SigningCredentials, signRequest } from "./sign.js";
export type { Verification } from "./verification.js";
export { verifySignature } from "./verify.js";
