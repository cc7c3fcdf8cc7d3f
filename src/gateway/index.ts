/**
 * The door: listener, TLS, and the request pipeline as a list that one can read aloud (`pipeline.ts`).
 * It knows every protocol through `wire` and no service by name. `app` opens it.
 */
export * from "./authenticate.js";
export * from "./certificates.js";
export * from "./exchange.js";
export * from "./house-wire.js";
export * from "./http.js";
export * from "./listener.js";
export * from "./pipeline.js";
export * from "./public-pages.js";
