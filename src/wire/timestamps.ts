import type { TimestampFormat } from "./model.js";

const ISO = /^\d{4,6}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const SECONDS = /^-?\d{1,15}(\.\d+)?([eE][+-]?\d{1,3})?$/;

/** All three forms are read wherever a timestamp is text: clients differ in which one they send. */
export function parseTimestamp(text: string): Date | undefined {
  if (SECONDS.test(text)) return fromSeconds(Number(text));
  if (!ISO.test(text) && !HTTP_DATE.test(text)) return undefined;
  return valid(new Date(text));
}

/** Undefined outside what a Date can hold. */
export function fromSeconds(seconds: number): Date | undefined {
  return valid(new Date(Math.round(seconds * 1000)));
}

const valid = (date: Date): Date | undefined => (Number.isNaN(date.getTime()) ? undefined : date);

export function formatTimestamp(date: Date, format: TimestampFormat): string {
  switch (format) {
    case "dateTime":
      return date.toISOString().replace(".000Z", "Z");
    case "httpDate":
      return date.toUTCString();
    case "epochSeconds":
      return String(date.getTime() / 1000);
  }
}
