import { LIMITS } from "../../base/index.js";
import { bindPrincipals, type Holder, type InlinePolicy, InvalidPrincipal } from "../../identity/index.js";
import { PolicySyntaxError, parsePolicy } from "../../policy/index.js";
import type { ReadTx } from "../../store/index.js";
import { exceeds, limitExceeded, malformedPolicy } from "./errors.js";
import { INLINE_BYTES, QUOTAS } from "./quotas.js";

/** A managed policy's text, checked. */
export function checkManagedDocument(text: string): void {
  checkDocument(text, "identity", true);
  if (countedBytes(text) > QUOTAS.PolicySize) throw exceeds("PolicySize", QUOTAS.PolicySize);
}

/** An inline policy's text, checked, and the size of all that its holder then has. */
export function checkInlineDocument(
  holder: Holder & { readonly name: string },
  others: readonly InlinePolicy[],
  text: string,
): void {
  checkDocument(text, "identity");
  const most = INLINE_BYTES[holder.kind];
  const total = [...others.map(({ document }) => document), text].reduce((sum, each) => sum + countedBytes(each), 0);
  if (total > most)
    throw limitExceeded(`Maximum policy size of ${most} bytes exceeded for ${holder.kind} ${holder.name}`);
}

/** A trust policy's text, checked; gives the unique ids of those it names. */
export async function checkTrustPolicy(tx: ReadTx, text: string): Promise<Readonly<Record<string, string>>> {
  checkDocument(text, "trust");
  if (countedBytes(text) > QUOTAS.ACLSizePerRole) throw exceeds("ACLSizePerRole", QUOTAS.ACLSizePerRole);
  try {
    return await bindPrincipals(tx, text);
  } catch (thrown) {
    if (thrown instanceof InvalidPrincipal) throw malformedPolicy(thrown.message);
    throw thrown;
  }
}

/** Throws MalformedPolicyDocument. Trust policies have a word of their own for what is not even JSON. */
function checkDocument(text: string, kind: "identity" | "trust", managed = false): void {
  if (text.length > LIMITS.policyDocumentBytes) throw exceeds("PolicySize", QUOTAS.PolicySize);
  try {
    parsePolicy(text, kind, { managed });
  } catch (thrown) {
    const isNoJson = thrown instanceof PolicySyntaxError && thrown.reason === "json";
    throw isNoJson && kind === "identity" ? malformedPolicy("Syntax errors in policy.") : thrown;
  }
}

/** White space does not count. */
const countedBytes = (text: string) => Buffer.byteLength(text.replace(/\s/g, ""));

/** Documents come back percent-encoded (RFC 3986), as IAM sends them. */
export const encodeDocument = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
