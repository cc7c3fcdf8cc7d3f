/**
 * Where key material lives and never leaves: the `KeyStore` port, its software adapter, the root of trust and
 * unsealing, and the custodian process that keeps material out of every front process.
 * It never knows what a key is for. `kms` uses the port; `app` opens and unseals it.
 */

export { type ClientOptions, type CustodianClient, connectCustodian } from "./custodian/client.js";
export { type Custodian, type CustodianOptions, serveCustodian } from "./custodian/server.js";
export { custodianSocketPath } from "./custodian/socket-path.js";
export { agentLauncher, type LaunchAgent, runTokenAgent } from "./pkcs11/launch.js";
export { NO_TOKENS } from "./pkcs11/no-tokens.js";
export type { Tokens, TokenUse } from "./pkcs11/port.js";
export { TokenAgents, type TokenAgentsOptions } from "./pkcs11/token-agents.js";
export { TokenError, type TokenReason } from "./pkcs11/token-error.js";
export type { TokenPlace } from "./pkcs11/token-place.js";
export * from "./port.js";
export { type KmsCaller, type KmsSignable, kmsCaller } from "./root/kms-call.js";
export type { CallKms, KmsPlace } from "./root/kms-root.js";
export { describeRoot, initRoot, type MadeRoot, rekeyRoot, unlockRoot } from "./root/lifecycle.js";
export type { Argon2Parameters } from "./root/passphrase.js";
export type { RootOffer, RootProvider } from "./root/provider.js";
export type { Root } from "./root/root.js";
export { RootError, type RootReason } from "./root/root-error.js";
export type { ProviderRecord } from "./root/root-file.js";
export { type OpenToken, ROOT_TOKEN, type TokenAtHand } from "./root/token-root.js";
export { SealableKeyStore } from "./sealable-key-store.js";
export { type OpenedKeyStore, openSoftwareKeyStore } from "./software/open.js";
export { SoftwareKeyStore } from "./software/software-key-store.js";
export { KEYSTORE_MIGRATIONS, type KeystoreDatabase } from "./software/store.js";
