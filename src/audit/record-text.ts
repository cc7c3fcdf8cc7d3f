import { jsonString } from "../base/index.js";
import type { TrailRecord } from "./port.js";

/**
 * The record as `JSON.stringify` writes it. Most of it is what the record of that event before it said, or one before
 * that: who called, what was used. Members are kept as they were last written, neighbours that stay the same as one
 * text, and frozen parts as long as they live.
 */
export function recordText(record: TrailRecord): string {
  const last = lastOf(record.eventName);
  let text = "{";
  let place = 0;
  let sameFrom = 0;
  for (const name in record) {
    const value = record[name as keyof TrailRecord]; // one of its own names
    if (value === undefined) continue;
    if (!isAsLast(last, place, name, value)) {
      text += sameText(last, sameFrom, place) + changedText(last, place, name, value);
      sameFrom = place + 1;
    }
    place += 1;
  }
  return `${text}${sameText(last, sameFrom, place)}}`;
}

type Value = string | boolean | object | null;

interface Member {
  name: string;
  value: Value;
  /** With the mark that stands before it. */
  text: string;
}

/** A record as it was last written. */
interface Last {
  /** By the member's place in the record. */
  readonly members: Member[];
  /** Members from one place to another as one text, by the first one's place. */
  readonly runs: ({ readonly to: number; readonly text: string } | undefined)[];
}

/** By the event's name: an object's read and its key's use stand in turn in the trail, and share next to nothing. */
const lasts = new Map<string, Last>();
const MOST_LASTS = 32;

/** A busy trail has few kinds of event; what comes beside them is written anew. */
function lastOf(eventName: string): Last {
  const known = lasts.get(eventName);
  if (known !== undefined) return known;
  if (lasts.size >= MOST_LASTS) lasts.clear();
  const made = { members: [], runs: [] };
  lasts.set(eventName, made);
  return made;
}

/** Of the parts only the caller is known by being the same object, if it is frozen: what can be changed never is. */
function isAsLast({ members }: Last, place: number, name: string, value: Value): boolean {
  const last = members[place];
  if (last === undefined || last.value !== value || last.name !== name) return false;
  return typeof value !== "object" || value === null || (name === "userIdentity" && Object.isFrozen(value));
}

function sameText({ members, runs }: Last, from: number, to: number): string {
  if (from === to) return "";
  const known = runs[from];
  if (known?.to === to) return known.text;
  const texts = members.slice(from, to).map(({ text }) => text);
  const text = texts.join(""); // in one piece, unlike a sum of texts
  runs[from] = { to, text };
  return text;
}

function changedText({ members, runs }: Last, place: number, name: string, value: Value): string {
  const text = `${place === 0 ? "" : ","}${labelOf(name)}${valueText(name, value)}`;
  for (let from = 0; from <= place; from += 1) {
    if ((runs[from]?.to ?? 0) > place) runs[from] = undefined;
  }
  const last = members[place];
  if (last === undefined) members[place] = { name, value, text };
  else {
    last.name = name;
    last.value = value;
    last.text = text;
  }
  return text;
}

function valueText(name: string, value: Value): string {
  if (typeof value === "string") return jsonString(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (name === "userIdentity") return fixedText(value);
  if (name !== "resources" || !Array.isArray(value)) return objectText(value);
  return `[${value.map((each: object) => fixedText(each)).join(",")}]`; // a record's resources
}

const fixedTexts = new WeakMap<object, string>();

/** What is frozen is written once. */
function fixedText(part: object): string {
  const known = fixedTexts.get(part);
  if (known !== undefined) return known;
  const text = objectText(part);
  if (Object.isFrozen(part)) fixedTexts.set(part, text);
  return text;
}

/** Most parameters are texts, numbers and objects of such. */
function objectText(part: object): string {
  if (!isPlain(part)) return JSON.stringify(part);
  let text = "";
  for (const name in part) {
    const member = memberText((part as Readonly<Record<string, unknown>>)[name]); // one of its own names
    if (member === undefined) return JSON.stringify(part);
    text += `${text === "" ? "{" : ","}${labelOf(name)}${member}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

/** Undefined: as `JSON.stringify` writes it with all that stands around it. */
function memberText(value: unknown): string | undefined {
  if (typeof value === "string") return jsonString(value);
  if (typeof value === "boolean" || Number.isFinite(value)) return String(value);
  return typeof value === "object" && value !== null && isPlain(value) ? objectText(value) : undefined;
}

const isPlain = (part: object): boolean => Object.getPrototypeOf(part) === Object.prototype;

const labels = new Map<string, string>();
const MOST_LABELS = 1000;

/** Names of members are the same few all day, but for what callers name themselves. */
function labelOf(name: string): string {
  const known = labels.get(name);
  if (known !== undefined) return known;
  const label = `${jsonString(name)}:`;
  if (labels.size < MOST_LABELS) labels.set(name, label);
  return label;
}
