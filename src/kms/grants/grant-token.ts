import { createHmac } from "node:crypto";
import { AwsError, equalBytes, type Ids, isAccountId, isRegion } from "../../base/index.js";
import type { Secret } from "../../crypto/index.js";
import { isKeyId } from "../identifiers.js";
import { type KeyRef, refText } from "../key.js";
import { type Grant, type GrantId, isGrantId } from "./grant.js";

const FORM = "1";
const MAC_CHARACTERS = 43; // 32 bytes in base64url

/**
 * Grant tokens: they name a grant and carry our MAC, so that nothing about them is stored and every token ever given
 * out for a grant stays good while the grant lives (kms G-17). A token gives no right of its own: whoever shows it
 * must still be the grantee.
 */
export class GrantTokens {
  readonly #key: Secret;
  readonly #ids: Ids;

  constructor(key: Secret, ids: Ids) {
    this.#key = key;
    this.#ids = ids;
  }

  make(grant: Pick<Grant, "key" | "id">): string {
    const body = Buffer.from([FORM, refText(grant.key), grant.id, this.#ids.hex(16)].join("|")).toString("base64url");
    return body + this.#mac(body);
  }

  /** What the token names. Whether that grant still lives is for the caller to ask. */
  parse(token: string): { readonly key: KeyRef; readonly id: GrantId } {
    const body = token.slice(0, -MAC_CHARACTERS);
    const mac = token.slice(-MAC_CHARACTERS);
    if (!equalBytes(Buffer.from(mac), Buffer.from(this.#mac(body)))) throw invalidGrantToken();
    const [form, ref = "", id = ""] = Buffer.from(body, "base64url").toString("utf8").split("|");
    const [account = "", region = "", keyId = ""] = ref.split("/");
    if (form !== FORM || !isAccountId(account) || !isRegion(region) || !isKeyId(keyId) || !isGrantId(id)) {
      throw invalidGrantToken();
    }
    return { key: { account, region, id: keyId }, id };
  }

  #mac(body: string): string {
    return this.#key.use((key) => createHmac("sha256", key).update(body).digest("base64url"));
  }
}

export const invalidGrantToken = (): AwsError => new AwsError("InvalidGrantTokenException", "Invalid grant token");
