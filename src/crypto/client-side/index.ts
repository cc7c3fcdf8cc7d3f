/** The content formats of the official S3 Encryption Clients, which encrypt before anything is sent. */
export * from "./content.js";
export * from "./data-key-wraps.js";
export * from "./suites.js";
