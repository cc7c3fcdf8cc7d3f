import { utf8 } from "../base/index.js";
import { eventMessage } from "./event-stream.js";
import type { Member, Model, ShapeRef } from "./model.js";

type ToBytes = (value: unknown) => Uint8Array;
type Event = Readonly<Record<string, unknown>>;

/** Writes events, `{ Records: { Payload } }` and its kin, as messages, each when it comes. */
export function eventWriter(
  model: Model,
  [, ref]: Member,
  contentType: string,
  structureWriter: (ref: ShapeRef) => ToBytes,
): (events: unknown) => AsyncIterable<Uint8Array> {
  const writers = new Map(
    model
      .structure(ref)
      .members.map(([name, target]) => [name, oneEvent(model, name, target, contentType, structureWriter)]),
  );
  return async function* (events) {
    for await (const event of events as AsyncIterable<Event>) {
      // typed by the operation that made it
      for (const [name, value] of Object.entries(event)) {
        const write = writers.get(name);
        if (write !== undefined && value !== undefined) yield write(value);
      }
    }
  };
}

/** An event is its payload member, or the whole structure where no member is marked. */
function oneEvent(
  model: Model,
  name: string,
  ref: ShapeRef,
  contentType: string,
  structureWriter: (ref: ShapeRef) => ToBytes,
): ToBytes {
  const payload = model.structure(ref).members.find(([, , traits]) => traits?.eventPayload);
  const headers = { ":message-type": "event", ":event-type": name };
  if (payload === undefined) {
    const write = structureWriter(ref);
    return (value) => eventMessage({ ...headers, ":content-type": contentType }, write(value));
  }
  const [member, target] = payload;
  const partOf = (value: unknown): unknown => (value as Event)[member]; // typed by the operation that made it
  if (model.shape(target).type === "blob") {
    const typed = { ...headers, ":content-type": "application/octet-stream" };
    return (value) => eventMessage(typed, (partOf(value) as Uint8Array | undefined) ?? utf8("")); // a blob's value
  }
  const write = structureWriter(target);
  return (value) => eventMessage({ ...headers, ":content-type": contentType }, write(partOf(value)));
}
