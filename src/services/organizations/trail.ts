import { responseElements } from "../../kit/index.js";

const MASK = "****";

/** What Organizations hides in its records: whose account it is. */
const HIDDEN = new Set(["email", "accountName"]);

const masked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, HIDDEN.has(name) ? MASK : masked(member)]),
  );
};

const elements = (members: object): Record<string, unknown> =>
  masked(responseElements(members)) as Record<string, unknown>; // an object gives an object

/** How calls that change something stand in the trail: what was asked and what came of it. */
export const audit = {
  request: (input: object) => (Object.keys(input).length === 0 ? null : elements(input)),
  response: (output: object) => (Object.keys(output).length === 0 ? null : elements(output)),
};
