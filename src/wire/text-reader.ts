import { parseBase64 } from "../base/index.js";
import type { SimpleShape } from "./model.js";
import { parseTimestamp } from "./timestamps.js";

const NUMBER = /^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?$/;

/** Reads simple values from text: query parameters, XML elements, headers, labels. */
export function textReader(
  shape: SimpleShape,
  /** Throws, or says what is read instead. */
  refuse: (text: string, wanted: string) => unknown,
): (text: string) => unknown {
  switch (shape.type) {
    case "string":
    case "document":
    case "bigDecimal":
      return (text) => text;
    case "number":
      return (text) => readNumber(text) ?? refuse(text, "a number");
    case "bigInteger":
      return (text) => (/^-?\d{1,40}$/.test(text) ? BigInt(text) : refuse(text, "an integer"));
    case "boolean":
      return (text) => BOOLEANS.get(text.toLowerCase()) ?? refuse(text, "a boolean");
    case "timestamp":
      return (text) => parseTimestamp(text) ?? refuse(text, "a timestamp");
    case "blob":
      return (text) => parseBase64(text.replace(/\s/g, "")) ?? refuse(text, "base64");
  }
}

const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
]);

/**
 * Whole numbers alone: the extracted models do not tell integers from fractions, and no member of the written services
 * takes a fraction, NaN or Infinity. A service that does will have to name its members in its `extra`.
 */
export const isWhole = (value: number): boolean => Number.isSafeInteger(value);

function readNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return isWhole(value) ? value : undefined;
}
