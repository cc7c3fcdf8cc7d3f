/**
 * Where key material lives and never leaves: the `KeyStore` port, its software adapter, the root of trust and
 * unsealing, and the custodian process that keeps material out of every front process.
 * It never knows what a key is for. `kms` uses the port; `app` opens and unseals it.
 */
export * from "./port.js";
