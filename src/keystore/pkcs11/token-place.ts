/** Where a token is. All of it may be read by anyone. */
export interface TokenPlace {
  /** The PKCS#11 module's path. */
  readonly module: string;
  readonly token: string;
  /** For modules whose PIN is `user:password`. */
  readonly user?: string | undefined;
}
