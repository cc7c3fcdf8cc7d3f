import type { TrailRecord } from "./port.js";

/**
 * The record as `JSON.stringify` writes it. Most of it is what the record before it said, or one before that: who
 * called, what was used. Members of plain values are kept as they were last written, and frozen parts as long as they live.
 */
export function recordText(record: TrailRecord): string {
  let text = "";
  let place = 0;
  for (const name in record) {
    const value = record[name as keyof TrailRecord]; // one of its own names
    if (value === undefined) continue;
    text += typeof value === "object" ? `,"${name}":${partText(name, value)}` : memberText(place, name, value);
    place += 1;
  }
  return `{${text.slice(1)}}`;
}

interface Member {
  name: string;
  value: string | boolean;
  text: string;
}

/** By the member's place in the record. There are as many as a record has members. */
const lastMembers: Member[] = [];

function memberText(place: number, name: string, value: string | boolean): string {
  const last = lastMembers[place];
  if (last === undefined) lastMembers[place] = { name, value, text: `,"${name}":${JSON.stringify(value)}` };
  else if (last.value === value && last.name === name) return last.text;
  else {
    last.name = name;
    last.value = value;
    last.text = `,"${name}":${JSON.stringify(value)}`;
  }
  return lastMembers[place]?.text ?? "";
}

function partText(name: string, value: object | null): string {
  if (name === "userIdentity" && value !== null) return fixedText(value);
  if (name !== "resources" || !Array.isArray(value)) return JSON.stringify(value);
  return `[${value.map((each: object) => fixedText(each)).join(",")}]`; // a record's resources
}

const fixedTexts = new WeakMap<object, string>();

/** What is frozen is written once. */
function fixedText(part: object): string {
  const known = fixedTexts.get(part);
  if (known !== undefined) return known;
  const text = JSON.stringify(part);
  if (Object.isFrozen(part)) fixedTexts.set(part, text);
  return text;
}
