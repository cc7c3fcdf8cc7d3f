import { type Bytes, equalBytes, utf8 } from "../../base/index.js";
import { type KeyHandle, keyHandle, mac, publicRandom, type Secret } from "../../crypto/index.js";

/**
 * Both sides show that they know the token without sending it: the custodian says a challenge, the client answers
 * it and says its own, the custodian answers that. Whoever squats on the socket's path learns nothing.
 */
export const CHALLENGE_BYTES = 32;
/** Frames before both sides are known are short. */
export const MOST_HANDSHAKE_BYTES = 256;
/** Changes with anything a client of another version would misread. */
export const PROTOCOL_VERSION = 2;

export const HELLO = 101;
export const PROOF = 102;
export const WELCOME = 103;

export const newChallenge = (): Buffer => publicRandom(CHALLENGE_BYTES);

export class Proofs {
  readonly #token: KeyHandle;

  /** The token still belongs to the caller. */
  constructor(token: Secret) {
    this.#token = keyHandle(token);
  }

  make(side: "client" | "custodian", custodianChallenge: Bytes, clientChallenge: Bytes): Buffer {
    const said = [utf8(`strongroom-custodian/${PROTOCOL_VERSION}/${side}`), custodianChallenge, clientChallenge];
    return mac("HMAC_SHA_256", this.#token, Buffer.concat(said));
  }

  isRight(side: "client" | "custodian", custodianChallenge: Bytes, clientChallenge: Bytes, proof: Bytes): boolean {
    const areWhole = custodianChallenge.length === CHALLENGE_BYTES && clientChallenge.length === CHALLENGE_BYTES;
    return areWhole && equalBytes(this.make(side, custodianChallenge, clientChallenge), proof);
  }
}
