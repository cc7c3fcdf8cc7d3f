/** Copies whose content is encrypted here, before it is sent, in the official S3 Encryption Clients' formats. */
export { CallError, type CallPlace, callKms, callS3, objectPath, readBounded, type S3Place } from "./calls.js";
export { COMMITMENT_POLICIES, type CommitmentPolicy, download, once, type UploadSource, upload } from "./copy.js";
export { isReserved, type Wrapping } from "./data-keys.js";
