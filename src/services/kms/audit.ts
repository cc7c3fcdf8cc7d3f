import type { Key } from "../../kms/index.js";

/** Never in a record (kms 13.4). Blobs are left out for being blobs. */
const HIDDEN = new Set(["GrantTokens", "GrantToken", "Recipient", "KeyStorePassword", "TrustAnchorCertificate"]);

/** In a record, but not with what it says. */
const REDACTED = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** The input as CloudTrail writes it: names in lower camel case, what is secret left out. */
export function parameters(
  input: object,
  defaults: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> | null {
  const shown: Record<string, unknown> = {};
  let isEmpty = true;
  const add = (of: object, but: object) => {
    // Own names alone are there: inputs are decoded into plain objects.
    for (const name in of) {
      const value = (of as Record<string, unknown>)[name]; // `name` is one of its own
      if (!isShown(name, value) || Object.hasOwn(but, name)) continue;
      shown[lowerFirst(name)] = trailValue(name, value);
      isEmpty = false;
    }
  };
  add(defaults, input);
  add(input, NOTHING);
  return isEmpty ? null : shown;
}

const NOTHING = {};

const isShown = (name: string, value: unknown) =>
  value !== undefined && !(value instanceof Uint8Array) && !HIDDEN.has(name);

/** Tags and constraints are structures with names of their own; maps keep their keys as they are; dates are text. */
function trailValue(name: string, value: unknown): unknown {
  if (name === "Tags" && Array.isArray(value)) return value.map((tag: object) => lowerNames(tag));
  if (value instanceof Date) return trailDate(value);
  if (name === "Constraints" && typeof value === "object" && value !== null) return lowerNames(value);
  if (name === "XksProxyAuthenticationCredential") return REDACTED;
  return value;
}

/** Names of one structure in lower camel case; dates as text. */
export function lowerNames(structure: object): Record<string, unknown> {
  const members = Object.entries(structure).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    members.map(([name, value]) => [lowerFirst(name), value instanceof Date ? trailDate(value) : value]),
  );
}

const lowered = new Map<string, string>();

/** Names of members, of which there are a few hundred. */
function lowerFirst(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const made = name.charAt(0).toLowerCase() + name.slice(1);
  if (lowered.size < MOST_LOWERED) lowered.set(name, made);
  return made;
}

const MOST_LOWERED = 1000;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `Aug 10, 2022, 10:38:27 PM`, in UTC. */
export function trailDate(date: Date): string {
  const hours = date.getUTCHours();
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  const time = `${hours % 12 === 0 ? 12 : hours % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day}, ${time} ${hours < 12 ? "AM" : "PM"}`;
}

/** For operations whose record shows what was asked and no answer. */
export const ASKED = { request: (input: object) => parameters(input) };

/**
 * For changes whose record names the key (kms 13.4). Many of them have no output: they return `concerning(key)`
 * all the same, the wire writes modelled members only, and the record takes the ARN from it.
 */
export const ASKED_AND_KEY = { ...ASKED, response: (output: object) => ({ keyId: (output as Concerning).KeyId }) }; // made by `concerning`

interface Concerning {
  readonly KeyId: string;
}

export const concerning = (key: Pick<Key, "arn">): Concerning => ({ KeyId: key.arn });
