import { DAY_MS } from "../base/index.js";
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
      return dateTime(date);
    case "httpDate":
      return httpDate(date);
    case "epochSeconds":
      return String(date.getTime() / 1000);
  }
}

/** `toISOString` without milliseconds that are none, several times as fast: a list writes a thousand times of few days. */
function dateTime(date: Date): string {
  const ms = date.getTime();
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay.day) lastDay = { day, text: new Date(day * DAY_MS).toISOString().slice(0, -MIDNIGHT.iso.length) };
  const fraction = (ms - day * DAY_MS) % 1000;
  const time = timeOfDay(ms - day * DAY_MS);
  return fraction === 0 ? `${lastDay.text}${time}Z` : `${lastDay.text}${time}.${digits(3, fraction)}Z`;
}

/** `toUTCString`, which asks for the local time zone on its way: four microseconds. */
function httpDate(date: Date): string {
  const ms = date.getTime();
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastHttpDay.day)
    lastHttpDay = { day, text: new Date(day * DAY_MS).toUTCString().slice(0, -MIDNIGHT.http.length) };
  return `${lastHttpDay.text}${timeOfDay(ms - day * DAY_MS)} GMT`;
}

function timeOfDay(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${digits(2, Math.floor(minutes / 60))}:${digits(2, minutes % 60)}:${digits(2, seconds % 60)}`;
}

const MIDNIGHT = { iso: "00:00:00.000Z", http: "00:00:00 GMT" };

/** The day that was written last, in each form. */
let lastDay: { readonly day: number | undefined; readonly text: string } = { day: undefined, text: "" };
let lastHttpDay = lastDay;

const numbers = (count: number, length: number) =>
  Array.from({ length: count }, (_, number) => String(number).padStart(length, "0"));
const DIGITS = { 2: numbers(60, 2), 3: numbers(1000, 3) };
const digits = (length: 2 | 3, number: number): string => DIGITS[length][number] ?? "";
