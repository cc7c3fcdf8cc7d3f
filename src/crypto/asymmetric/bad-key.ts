/** Bytes that are no private key of the spec that was asked for. It never says what is wrong with them. */
export class BadKey extends Error {
  override readonly name = "BadKey";

  constructor() {
    super("not a private key of that spec");
  }
}

/** A peer's public key that is none, or is not on our curve. */
export class BadPeerKey extends Error {
  override readonly name = "BadPeerKey";

  constructor() {
    super("not a public key on this curve");
  }
}
