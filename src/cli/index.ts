/**
 * The command line: settings, `env`, `config`, and the commands that are ordinary clients of a running server.
 * It holds no private back door: what it asks of the server, any signed client may ask.
 * `app` dispatches to it.
 */
export * from "./arguments.js";
export * from "./client-side/index.js";
export * from "./context-pairs.js";
export * from "./credentials.js";
export * from "./env.js";
export * from "./event-destinations.js";
export * from "./house-client.js";
export * from "./hsm-clusters.js";
export * from "./number-pairs.js";
export * from "./reencrypt.js";
export * from "./s3-rules.js";
export * from "./settings.js";
export { SettingsError } from "./settings-error.js";
export { SETTINGS } from "./settings-table.js";
export { parseBlobs, parseHostPorts } from "./settings-values.js";
