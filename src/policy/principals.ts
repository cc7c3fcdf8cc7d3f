import { isAccountId, parseArn } from "../base/index.js";
import { parseJsonOnce } from "./json-shape.js";
import { isUniqueId } from "./kind-rules.js";

/** A principal that a document names under `AWS`, once. `*` is none. */
export interface PrincipalName {
  readonly text: string;
  readonly kind: "account" | "user" | "role" | "assumed-role" | "federated-user" | "unique-id";
}

/** Whom a document names: who keeps it checks that they exist (kms P-6). The text must have passed `parsePolicy`. */
export function principalsOf(text: string): PrincipalName[] {
  const texts = new Set(holdersIn(parseJsonOnce(text)).flatMap(({ AWS }) => listOf(AWS).map(String)));
  texts.delete("*");
  return [...texts].map((each) => ({ text: each, kind: kindOf(each) }));
}

/**
 * The document with other principals: unique ids for ARNs when it is compiled, so that a namesake of someone who was
 * deleted does not match, and unique ids of the gone when it is shown (kms P-8). Undefined leaves one as it is.
 */
export function replacePrincipals(text: string, replacementOf: (name: string) => string | undefined): string {
  const document = parseJsonOnce(text);
  let isChanged = false;
  const replace = (name: string) => {
    const replacement = replacementOf(name);
    isChanged ||= replacement !== undefined;
    return replacement ?? name;
  };
  for (const holder of holdersIn(document)) {
    const { AWS } = holder;
    holder["AWS"] = Array.isArray(AWS) ? AWS.map(String).map(replace) : replace(String(AWS));
  }
  return isChanged ? JSON.stringify(document) : text;
}

function kindOf(text: string): PrincipalName["kind"] {
  if (isAccountId(text)) return "account";
  if (isUniqueId(text)) return "unique-id";
  const resource = parseArn(text)?.resource ?? "";
  if (resource === "root") return "account";
  if (resource.startsWith("assumed-role/")) return "assumed-role";
  if (resource.startsWith("federated-user/")) return "federated-user";
  return resource.startsWith("user/") ? "user" : "role";
}

/** Every `{"AWS": …}` of the document. */
function holdersIn(document: unknown): Record<string, unknown>[] {
  return listOf(isRecord(document) ? document["Statement"] : undefined)
    .filter(isRecord)
    .flatMap((statement) => [statement["Principal"], statement["NotPrincipal"]])
    .filter(isRecord)
    .filter((holder) => holder["AWS"] !== undefined);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
