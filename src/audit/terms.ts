import { createHash } from "node:crypto";
import type { LookupAttribute, TrailRecord } from "./port.js";

/** What an event can be found by, as a number: 48 bits of a hash. Two texts may share one; readers check the record. */
const known = new Map<string, number>();
const MOST_KNOWN = 20_000;

export function termOf(account: string, region: string, attribute: LookupAttribute | "", value: string): number {
  const name = `${account}\0${region}\0${attribute}\0${value}`;
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const term = hashOf(name);
  if (known.size >= MOST_KNOWN) known.clear(); // cheaper than keeping count of which was used last
  known.set(name, term);
  return term;
}

/** Event ids are met once: they would only push the others out. */
export const eventIdTerm = (account: string, region: string, eventId: string) =>
  hashOf(`${account}\0${region}\0EventId\0${eventId}`);

const hashOf = (name: string) => createHash("sha256").update(name).digest().readUIntBE(0, 6);

/** All but the event id, each once, and the term that every event of the account and Region has. */
export function termsOf(record: TrailRecord): Set<number> {
  const { recipientAccountId: account, awsRegion: region } = record;
  const terms = new Set([termOf(account, region, "", "")]);
  for (const attribute of ATTRIBUTES) {
    for (const value of valuesOf(record, attribute)) terms.add(termOf(account, region, attribute, value));
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
