import type { BroughtClaims } from "../federated-session.js";
import { type Claims, textsOf } from "./token.js";

const TAGS = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY = "https://aws.amazon.com/source_identity";

/** What an issuer lays on a session by claims of its token. */
export function sessionClaimsOf(claims: Claims): BroughtClaims {
  const tags = membersOf(claims[TAGS]);
  const sourceIdentity = claims[SOURCE_IDENTITY];
  return {
    // Each tag comes as a list of one value.
    Tags: Object.entries(membersOf(tags["principal_tags"])).flatMap(([Key, values]) =>
      textsOf(values)
        .slice(0, 1)
        .map((Value) => ({ Key, Value })),
    ),
    TransitiveTagKeys: textsOf(tags["transitive_tag_keys"]),
    SourceIdentity: typeof sourceIdentity === "string" ? sourceIdentity : undefined,
  };
}

function membersOf(value: unknown): Claims {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Claims) : {}; // an object: each member is looked at before it is used
}
