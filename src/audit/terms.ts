import { sha256Hex } from "../crypto/index.js";
import type { LookupAttribute, TrailRecord, TrailResource } from "./port.js";
import { TERMS } from "./runs/batch.js";

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

/** What an event can be found by, as a number: 37 bits of a hash. Two texts may share one; readers check the record. */
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

/** Ids of our own are random: their first bits will do as they are. They are met once, so they are not kept. */
export const eventIdTerm = (eventId: string) =>
  UUID.test(eventId) ? (hexAt(eventId, 0, 8) * 2 ** 8 + hexAt(eventId, 9, 11)) % TERMS : hashOf(`EventId\0${eventId}`);

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** Lower-case digits, which must be there: three times as quick as to cut them out and parse them. */
function hexAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    value = value * 16 + (code < LETTER_A ? code - DIGIT_0 : code - LETTER_A + 10);
  }
  return value;
}

const [DIGIT_0, LETTER_A] = [0x30, 0x61];
const HEX_OF_40_BITS = 10;

const hashOf = (name: string) => Number.parseInt(sha256Hex(name).slice(0, HEX_OF_40_BITS), 16) % TERMS;

/** What the index needs of an event. */
export interface EventNote {
  /** Seconds since the epoch. */
  readonly time: number;
  /** One may be there twice. */
  readonly terms: readonly number[];
}

/** Undefined for data events, which look-ups do not show. */
export function noteOf(record: TrailRecord): EventNote | undefined {
  if (record.eventCategory !== "Management") return undefined;
  const terms = [eventIdTerm(record.eventID), ...otherTerms(record)];
  return { time: secondsOf(record.eventTime), terms };
}

/** What decides all terms of an event but its id's, and the terms. */
interface Decided extends Pick<TrailRecord, "eventName" | "readOnly" | "eventSource" | "userIdentity"> {
  readonly place: Place;
  readonly resource: TrailResource | undefined;
  readonly terms: readonly number[];
}

/** One client asks the same of the same key again and again. */
let last: Decided | undefined;

function otherTerms(record: TrailRecord): readonly number[] {
  const place = placeOf(record.recipientAccountId, record.awsRegion);
  const { eventName, readOnly, eventSource, userIdentity, resources = [] } = record;
  const [resource] = resources;
  if (
    last?.place === place &&
    last.eventName === eventName &&
    last.readOnly === readOnly &&
    last.eventSource === eventSource &&
    last.userIdentity === userIdentity &&
    last.resource === resource &&
    resources.length <= 1
  )
    return last.terms;
  const terms = [
    termAt(place, "", ""),
    termAt(place, "EventName", eventName),
    termAt(place, "ReadOnly", String(readOnly)),
    termAt(place, "EventSource", eventSource),
    ...termsOfPart(place, userIdentity, () => callerTerms(place, record)),
    ...resources.flatMap((each) => termsOfPart(place, each, () => resourceTerms(place, each))),
  ];
  const isFixed = Object.isFrozen(userIdentity) && resources.length <= 1 && Object.isFrozen(resource);
  if (isFixed) last = { place, eventName, readOnly, eventSource, userIdentity, resource, terms };
  return terms;
}

const fixedTerms = new WeakMap<object, { readonly place: Place; readonly terms: readonly number[] }>();

/** Who calls and what is used are the same objects again and again: the terms of what is frozen are kept with it. */
function termsOfPart(place: Place, part: object, make: () => readonly number[]): readonly number[] {
  const known = fixedTerms.get(part);
  if (known?.place === place) return known.terms;
  const terms = make();
  if (Object.isFrozen(part)) fixedTerms.set(part, { place, terms });
  return terms;
}

function callerTerms(place: Place, record: TrailRecord): readonly number[] {
  const user = optional(usernameOf(record)).map((name) => termAt(place, "Username", name));
  const key = optional(textOf(record.userIdentity["accessKeyId"])).map((id) => termAt(place, "AccessKeyId", id));
  return [...user, ...key];
}

const resourceTerms = (place: Place, { type, ARN }: TrailResource) => [
  termAt(place, "ResourceType", type),
  termAt(place, "ResourceName", ARN),
];

/** The index keeps four bytes: the year 2106. A clock that is wrong must not keep a record from being written. */
const LATEST = 2 ** 32 - 1;

/** Events of one second come one after the other. */
let lastTime = { text: "", seconds: 0 };

function secondsOf(text: string): number {
  if (lastTime.text === text) return lastTime.seconds;
  const seconds = Math.floor(Date.parse(text) / 1000);
  lastTime = { text, seconds: Math.min(Math.max(seconds || 0, 0), LATEST) };
  return lastTime.seconds;
}

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
