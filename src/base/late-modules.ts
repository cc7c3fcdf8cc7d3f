import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/**
 * Node's own modules for TLS take a twelfth of a process's start to load, and most servers never need them: they are
 * loaded where they are first used. What is loaded is what the name says.
 */
export const nodeHttps = (): typeof import("node:https") => load("node:https") as typeof import("node:https");
export const nodeTls = (): typeof import("node:tls") => load("node:tls") as typeof import("node:tls");
