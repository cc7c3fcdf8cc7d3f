/** Which token, and what its user logs in with. */
export interface TokenUse {
  /** A cluster id of the settings. Where its module lies is for the custodian alone to know. */
  readonly cluster: string;
  readonly pin: Uint8Array;
}

/**
 * Keys that live in PKCS#11 tokens. Nothing is remembered between calls but the login: a token that was away, or an
 * agent that died, is found again by the next call. Throws TokenError.
 */
export interface Tokens {
  /** Asks the token about the PIN, even if somebody is logged in or the same PIN was refused before. */
  connect(use: TokenUse): Promise<void>;
  /** Makes an AES-256 key in the token that cannot leave it, and gives its id: 32 hex digits. */
  createKey(use: TokenUse, label: string): Promise<string>;
  /** At least one byte. `aad` is authenticated and not stored. */
  seal(use: TokenUse, key: string, plaintext: Uint8Array, aad: Uint8Array): Promise<Buffer>;
  /** `bad-ciphertext` for whatever `seal` did not make for this key and `aad`. */
  open(use: TokenUse, key: string, sealed: Uint8Array, aad: Uint8Array): Promise<Buffer>;
  /** Succeeds if it is already gone. */
  destroyKey(use: TokenUse, key: string): Promise<void>;
  /** From the token's own generator. */
  random(use: TokenUse, count: number): Promise<Buffer>;
}
