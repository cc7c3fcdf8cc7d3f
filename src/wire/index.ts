/**
 * The wire: service models, shape codecs (decode and validate in one pass), HTTP bindings, routes, the five
 * protocols, aws-chunked. It never authenticates, decides or stores. The gateway decodes and encodes with it.
 */
export { type ChunkedBody, type ChunkedForm, chunkedFormOf, decodeChunks } from "./chunks.js";
export { hostId } from "./errors.js";
export { type FormData, formBoundary, readFormData } from "./form-data.js";
export * from "./port.js";
export { formAsPut } from "./s3-browser.js";
export { headOfSignedUrl, signedHeadOfUrl } from "./signed-url.js";
export { openWire, type WireOptions } from "./wire.js";
