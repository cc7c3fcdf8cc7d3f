export * from "./metadata.js";
export * from "./providers.js";
export { parseSamlTime } from "./time.js";
