import type { Model, OperationRow } from "./model.js";
import type { RequestHead } from "./port.js";
import { parseForm } from "./query-reader.js";

/** One operation's place among the paths. Labels are read after the match. */
export interface RestRoute {
  readonly name: string;
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** More literal characters are more specific; greedy labels less than plain ones. */
  readonly weight: number;
  /** Parameters that must be there, with their value when it matters. */
  readonly literals: readonly (readonly [name: string, value: string])[];
  /** `x-id`: what some clients add. It settles a tie and nothing else. */
  readonly hint: string | undefined;
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
}

export function restRoutes(model: Model): ReadonlyMap<string, readonly RestRoute[]> {
  const byMethod = new Map<string, RestRoute[]>();
  for (const [name, row] of model.rows) {
    if (row.http === undefined) continue;
    const routes = byMethod.get(row.http.method) ?? [];
    routes.push(restRoute(model, name, row, row.http.path));
    byMethod.set(row.http.method, routes);
  }
  return byMethod;
}

function restRoute(model: Model, name: string, row: OperationRow, template: string): RestRoute {
  const [path = "/", query = ""] = template.split("?");
  const labels: string[] = [];
  let weight = 0;
  const source = path.split(/(\{\w+\+?\})/).map((part) => {
    const label = /^\{(\w+)(\+?)\}$/.exec(part);
    if (label?.[1] === undefined) {
      weight += 1000 * part.length;
      return escapeForRegExp(part);
    }
    labels.push(label[1]);
    weight += label[2] === "+" ? 1 : 10;
    return label[2] === "+" ? "(.+)" : "([^/]+)";
  });
  const parameters = parseForm(query);
  return {
    name,
    path: new RegExp(`^${source.join("").replace(/\/$/, "")}/?$`, "s"),
    labels,
    weight,
    literals: parameters.filter(([key]) => key !== "x-id"),
    hint: parameters.find(([key]) => key === "x-id")?.[1],
    ...requiredMembers(model, row),
  };
}

const escapeForRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function requiredMembers(model: Model, row: OperationRow) {
  const requiredQuery: string[] = [];
  const requiredHeaders: string[] = [];
  if (row.input !== null) {
    const input = model.structure(row.input);
    for (const [, , traits] of input.members.slice(0, input.required ?? 0)) {
      if (traits?.httpQuery !== undefined) requiredQuery.push(traits.httpQuery);
      if (traits?.httpHeader !== undefined) requiredHeaders.push(traits.httpHeader.toLowerCase());
    }
  }
  return { requiredQuery, requiredHeaders };
}

/**
 * The most specific of routes whose path matches already: all its literal parameters are there, then the most of
 * them, the longest literal path, the fewest required members missing, and the most found.
 */
export function mostSpecific(routes: readonly RestRoute[], head: RequestHead): RestRoute | undefined {
  const parameters = new Map(parseForm(head.query).reverse());
  let best: { route: RestRoute; rank: readonly number[] } | undefined;
  for (const route of routes) {
    if (!route.literals.every(([name, value]) => matches(parameters.get(name), value))) continue;
    const rank = rankOf(route, parameters, head);
    if (best === undefined || isHigher(rank, best.rank)) best = { route, rank };
  }
  return best?.route;
}

const matches = (given: string | undefined, wanted: string): boolean =>
  given !== undefined && (wanted === "" || given === wanted);

function rankOf(route: RestRoute, parameters: ReadonlyMap<string, string>, head: RequestHead): readonly number[] {
  const found =
    route.requiredQuery.filter((name) => parameters.has(name)).length +
    route.requiredHeaders.filter((name) => head.headers[name] !== undefined).length;
  const missing = route.requiredQuery.length + route.requiredHeaders.length - found;
  const hinted = route.hint !== undefined && parameters.get("x-id") === route.hint ? 1 : 0;
  return [route.literals.length, route.weight, -missing, found, hinted];
}

function isHigher(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i >= 0 && (a[i] ?? 0) > (b[i] ?? 0);
}
