/**
 * The external key store proxy: keys of this house behind the API that AWS KMS, or another Strongroom, asks.
 * It never decides who may use a key: it asks `kms` in the name of the principal that its owner chose. `app` gives it a
 * listener of its own; `strongroom xks-proxy` changes its configuration.
 */
export * from "./config.js";
export { answerProxy, type ProxyAnswer, type ProxyPorts, type ProxyRequest, refusal } from "./proxy.js";
