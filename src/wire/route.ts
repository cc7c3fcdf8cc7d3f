import { AwsError, needs } from "../base/index.js";
import type { Model } from "./model.js";
import type { Recognised, RequestHead, Routed } from "./port.js";
import { parseQuery } from "./query-reader.js";
import { targetPrefix } from "./recognise.js";
import { mostSpecific, type RestRoute, restRoutes } from "./rest-routes.js";
import { browserOperation, browserRouted, formOperation } from "./s3-browser.js";

/** Finds the operation of requests to one service. */
export type Router = (recognised: Recognised, head: RequestHead, body: Uint8Array | undefined) => Routed;

export function routerOf(model: Model): Router {
  switch (model.protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      return targetRouter(model);
    case "awsQuery":
    case "ec2Query":
      return (_, head, body) => routed(model, actionOf(model, head, body), {});
    case "restXml":
      return model.id === "s3" ? s3Router(model) : restRouter(model);
    case "restJson1":
      return restRouter(model);
  }
}

function routed(model: Model, name: string, labels: Readonly<Record<string, string>>): Routed {
  const operation = model.operations.get(name);
  needs(operation, "routes lead to operations of their model");
  return { service: model, operation, labels };
}

/** A target that led somewhere leads there again; there are a few of each operation at most. */
function targetRouter(model: Model): Router {
  const known = new Map<string, Routed>();
  return (_, { headers }) => {
    const target = headers["x-amz-target"] ?? "";
    const found = known.get(target);
    if (found !== undefined) return found;
    const made = routed(model, targetOperation(model, target), {});
    if (known.size < MOST_TARGETS) known.set(target, made);
    return made;
  };
}

const MOST_TARGETS = 1000;

function targetOperation(model: Model, target: string): string {
  const name = target.slice(target.lastIndexOf(".") + 1);
  if (targetPrefix(target) === model.targetPrefix && model.operations.has(name)) return name;
  throw new AwsError("UnknownOperationException");
}

function actionOf(model: Model, head: RequestHead, body: Uint8Array | undefined): string {
  const form = parseQuery(head.query, body).parts;
  const action = form.get("Action")?.text;
  if (action === undefined)
    throw new AwsError("MissingAction", "The request is missing an action or a required parameter.");
  if (model.operations.has(action)) return action;
  const version = form.get("Version")?.text ?? model.apiVersion;
  const message =
    model.protocol === "ec2Query"
      ? `The action ${action} is not valid for this web service.`
      : `Could not find operation ${action} for version ${version}`;
  throw new AwsError("InvalidAction", message);
}

function restRouter(model: Model): Router {
  const routes = restRoutes(model);
  return (_, head) => {
    const matching = (routes.get(head.method) ?? []).filter((route) => route.path.test(head.path));
    const best = mostSpecific(matching, head);
    if (best === undefined) throw new AwsError("UnknownOperationException", undefined, { status: 404 });
    return routed(model, best.name, labelsOf(best, head.path));
  };
}

function labelsOf(route: RestRoute, path: string): Record<string, string> {
  const values = route.path.exec(path)?.slice(1) ?? [];
  return Object.fromEntries(route.labels.map((label, i) => [label, decodeOnce(values[i] ?? "")]));
}

/** Percent signs are decoded exactly once; `+`, dots and doubled slashes are names like any other. */
function decodeOnce(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", { status: 400 });
  }
}

/**
 * S3's model leaves the bucket out of its paths: the host or the first path segment names it. What follows is the
 * key, raw, even where it looks like a path to climb.
 */
function s3Router(model: Model): Router {
  const places = s3Places(model);
  return (recognised, head) => {
    if (head.path === WRITE_RESPONSE && head.headers["x-amz-request-route"] !== undefined)
      return routed(model, "WriteGetObjectResponse", {});
    const { bucket, key } = placeOf(recognised, head.path);
    const labels: Record<string, string> = {};
    if (bucket !== undefined) labels["Bucket"] = decodeOnce(bucket);
    if (key !== undefined) labels["Key"] = decodeOnce(key);
    const ofBrowser = browserOperation(recognised, head);
    if (ofBrowser !== undefined) return browserRouted(model, ofBrowser, labels);
    const best = mostSpecific(places.get(placeKey(head.method, bucket !== undefined, key !== undefined)) ?? [], head);
    if (best === undefined && head.method === "POST" && bucket !== undefined && key === undefined)
      return browserRouted(model, formOperation(head), labels);
    if (best === undefined) throw methodNotAllowed(head.method, key !== undefined, bucket !== undefined);
    return routed(model, best.name, labels);
  };
}

/** The routes of each method on the service, on a bucket and on an object. */
function s3Places(model: Model): ReadonlyMap<string, readonly RestRoute[]> {
  const places = new Map<string, RestRoute[]>();
  for (const [method, routes] of restRoutes(model)) {
    for (const route of routes.filter(({ name }) => name !== "WriteGetObjectResponse")) {
      const place = placeKey(method, inputHasLabel(model, route.name, "Bucket"), route.labels.includes("Key"));
      places.set(place, [...(places.get(place) ?? []), route]);
    }
  }
  return places;
}

const placeKey = (method: string, hasBucket: boolean, hasKey: boolean): string =>
  `${method} ${hasKey ? "object" : hasBucket ? "bucket" : "service"}`;

const WRITE_RESPONSE = "/WriteGetObjectResponse";

function inputHasLabel(model: Model, operation: string, label: string): boolean {
  const ref = model.rows.get(operation)?.input ?? null;
  return (
    ref !== null && model.structure(ref).members.some(([name, , traits]) => name === label && traits?.httpLabel === 1)
  );
}

function placeOf(
  { bucketFromHost }: Recognised,
  path: string,
): { bucket: string | undefined; key: string | undefined } {
  if (bucketFromHost !== undefined) return { bucket: bucketFromHost, key: nonEmpty(path.slice(1)) };
  const slash = path.indexOf("/", 1);
  const bucket = nonEmpty(slash < 0 ? path.slice(1) : path.slice(1, slash));
  return { bucket, key: slash < 0 || bucket === undefined ? undefined : nonEmpty(path.slice(slash + 1)) };
}

const nonEmpty = (text: string): string | undefined => (text === "" ? undefined : text);

function methodNotAllowed(method: string, hasKey: boolean, hasBucket: boolean): AwsError {
  const fields = { Method: method, ResourceType: hasKey ? "OBJECT" : hasBucket ? "BUCKET" : "SERVICE" };
  return new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    status: 405,
    fields,
  });
}
