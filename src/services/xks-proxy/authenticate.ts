import { AwsError, LIMITS } from "../../base/index.js";
import { parseSignature, sha256Hex, verifySignature } from "../../identity/index.js";
import type { RequestHead } from "../../wire/index.js";
import type { ProxyConfig } from "./config.js";
import { ProxyError } from "./errors.js";

const SIGNING_NAME = "kms-xks-proxy";
/** Whoever does not know an access key id learns nothing from how long the answer takes. */
const NOBODYS_SECRET = "0".repeat(LIMITS.xksSecretChars);

/** Returns the access key id that signed this very request, lately. Throws AuthenticationFailedException. */
export function authenticate(config: ProxyConfig, head: RequestHead, body: Buffer, now: Date): string {
  try {
    return verified(config, head, body, now);
  } catch (thrown) {
    if (!(thrown instanceof AwsError) && !(thrown instanceof ProxyError)) throw thrown;
    throw failed(thrown);
  }
}

function verified(config: ProxyConfig, head: RequestHead, body: Buffer, now: Date): string {
  const presented = parseSignature(head, "json");
  if (presented === undefined || presented.kind !== "header") throw failed();
  const credential = config.credentials.find(({ accessKeyId }) => accessKeyId === presented.accessKeyId);
  verifySignature({
    presented,
    head,
    secret: credential?.secretAccessKey ?? NOBODYS_SECRET,
    bodySha256: sha256Hex(body),
    now,
    family: "json",
    signingName: SIGNING_NAME,
  });
  if (credential === undefined) throw failed();
  return credential.accessKeyId;
}

const failed = (cause?: unknown) =>
  new ProxyError("AuthenticationFailedException", "The request could not be authenticated.", cause);
