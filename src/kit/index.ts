/**
 * How a service is written: `operationsOf`, `defineService`, the request context, workers.
 * It never knows one service from another and never touches the network. Every folder of `services/` builds on it;
 * the gateway runs what it defines.
 */
export * from "./context.js";
export * from "./inner-calls.js";
export * from "./operation.js";
export * from "./service.js";
export * from "./trail-elements.js";
