/**
 * Who asks, and whether they may: accounts, credentials, sessions, SigV4 in all its forms, `authorize`.
 * It never answers a request and knows no service's operations. The gateway authenticates with it, every
 * service and `kms` authorize with it, and the IAM and STS services administer its directory.
 */
export * from "./authorize.js";
export * from "./call.js";
export * from "./directory.js";
