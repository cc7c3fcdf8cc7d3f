import { sha256Hex } from "../crypto/index.js";
import type { LookupAttribute, TrailRecord } from "./port.js";

type Attribute = LookupAttribute | "";

/** The terms of one account in one Region that were met lately. */
interface Place {
  readonly account: string;
  readonly region: string;
  readonly terms: Map<Attribute, Map<string, number>>;
}

const places = new Map<string, Place>();
/** Terms of all places, of which there are no more. */
let kept = 0;
const MOST_KEPT = 20_000;
/** Events of one place come one after the other. */
let lastPlace: Place | undefined;

function placeOf(account: string, region: string): Place {
  if (lastPlace?.account === account && lastPlace.region === region) return lastPlace;
  const name = `${account}\0${region}`;
  lastPlace = places.get(name) ?? { account, region, terms: new Map() };
  places.set(name, lastPlace);
  return lastPlace;
}

/** What an event can be found by, as a number: 48 bits of a hash. Two texts may share one; readers check the record. */
export function termOf(account: string, region: string, attribute: Attribute, value: string): number {
  return termAt(placeOf(account, region), attribute, value);
}

function termAt(place: Place, attribute: Attribute, value: string): number {
  const ofAttribute = place.terms.get(attribute);
  const seen = ofAttribute?.get(value);
  if (seen !== undefined) return seen;
  const term = hashOf(`${place.account}\0${place.region}\0${attribute}\0${value}`);
  if (kept >= MOST_KEPT) forgetAll(); // cheaper than keeping count of which was used last
  if (ofAttribute === undefined) place.terms.set(attribute, new Map([[value, term]]));
  else ofAttribute.set(value, term);
  kept += 1;
  return term;
}

function forgetAll(): void {
  places.clear();
  lastPlace = undefined;
  kept = 0;
}

/** Event ids are met once: they would only push the others out. */
export const eventIdTerm = (account: string, region: string, eventId: string) =>
  hashOf(`${account}\0${region}\0EventId\0${eventId}`);

const HEX_OF_48_BITS = 12;

const hashOf = (name: string) => Number.parseInt(sha256Hex(name).slice(0, HEX_OF_48_BITS), 16);

/** All but the event id, each once, and the term that every event of the account and Region has. */
export function termsOf(record: TrailRecord): Set<number> {
  const place = placeOf(record.recipientAccountId, record.awsRegion);
  const terms = new Set([termAt(place, "", "")]);
  for (const attribute of ATTRIBUTES) {
    for (const value of valuesOf(record, attribute)) terms.add(termAt(place, attribute, value));
  }
  return terms;
}

const ATTRIBUTES = [
  "EventName",
  "ReadOnly",
  "Username",
  "ResourceType",
  "ResourceName",
  "EventSource",
  "AccessKeyId",
] as const satisfies readonly LookupAttribute[];

/** The record's values of one attribute: resources may give several. */
export function valuesOf(record: TrailRecord, attribute: LookupAttribute): readonly string[] {
  switch (attribute) {
    case "EventId":
      return [record.eventID];
    case "EventName":
      return [record.eventName];
    case "ReadOnly":
      return [String(record.readOnly)];
    case "Username":
      return optional(usernameOf(record));
    case "ResourceType":
      return record.resources?.map((resource) => resource.type) ?? [];
    case "ResourceName":
      return record.resources?.map((resource) => resource.ARN) ?? [];
    case "EventSource":
      return [record.eventSource];
    case "AccessKeyId":
      return optional(textOf(record.userIdentity["accessKeyId"]));
  }
}

/** User name; for role sessions the session's name, which ends the principal id; `root` for the account itself. */
export function usernameOf({ userIdentity }: TrailRecord): string | undefined {
  const { type, principalId } = userIdentity;
  if (type === "Root") return textOf(userIdentity["userName"]) ?? "root";
  if (type === "AssumedRole" || type === "FederatedUser") return textOf(principalId)?.split(":")[1];
  return textOf(userIdentity["userName"]);
}

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);
const optional = (value: string | undefined) => (value === undefined ? [] : [value]);
