// Turns the schemas that a client exports into our model file. The schemas are nested arrays whose first
// number tells the kind; numbers alone are simple types; a pair is a schema with member traits.
import { join } from "node:path";
import { declarationsOf } from "./declarations.mjs";

const LIST = 1;
const MAP = 2;
const STRUCTURE = 3;
const UNION = 4;
const ERROR = -3;
const OPERATION = 9;

const SIMPLE = {
  0: { type: "string" },
  1: { type: "number" },
  2: { type: "boolean" },
  4: { type: "timestamp" },
  5: { type: "timestamp", format: "dateTime" },
  6: { type: "timestamp", format: "httpDate" },
  7: { type: "timestamp", format: "epochSeconds" },
  15: { type: "document" },
  17: { type: "bigInteger" },
  19: { type: "bigDecimal" },
  21: { type: "blob" },
  42: { type: "blob" },
};

const TRAIT_BITS = [
  "httpLabel",
  "idempotent",
  "idempotencyToken",
  "sensitive",
  "httpPayload",
  "httpResponseCode",
  "httpQueryParams",
];

/** The traits that the wire needs; all others are left behind. */
const KEPT = new Set([
  "httpLabel",
  "sensitive",
  "httpPayload",
  "httpResponseCode",
  "httpQueryParams",
  "httpHeader",
  "httpPrefixHeaders",
  "httpQuery",
  "jsonName",
  "xmlName",
  "xmlFlattened",
  "xmlAttribute",
  "xmlNamespace",
  "ec2QueryName",
  "streaming",
  "eventPayload",
  "eventHeader",
  "hostLabel",
  "mediaType",
  "sparse",
]);

export function extractService(require, folder, id) {
  const exported = require(folder);
  const declared = declarationsOf(join(folder, "dist-types"));
  const config = clientConfig(exported);
  const shapes = new Shapes(exported, declared);
  const schemas = Object.entries(exported)
    .filter(([name, value]) => name.endsWith("$") && Array.isArray(value))
    .map(([, value]) => value);
  const operations = Object.fromEntries(
    schemas.filter((s) => s[0] === OPERATION).map((s) => [s[2], operationOf(s, shapes, declared)]),
  );
  const errors = Object.fromEntries(
    schemas.filter((s) => s[0] === ERROR && !s[1].startsWith("smithy.")).map((s) => [s[2], errorOf(s, shapes)]),
  );
  return { head: headOf(id, config), body: { operations, errors, enums: shapes.enums, shapes: shapes.rows } };
}

function clientConfig(exported) {
  const Client = Object.values(exported).find(
    (value) => typeof value === "function" && /.Client$/.test(value.name) && value.name !== "__Client",
  );
  return new Client({ region: "us-east-1", credentials: { accessKeyId: "none", secretAccessKey: "none" } }).config;
}

const PROTOCOLS = {
  "aws.protocols#awsJson1_0": "awsJson1_0",
  "aws.protocols#awsJson1_1": "awsJson1_1",
  "aws.protocols#awsQuery": "awsQuery",
  "aws.protocols#ec2Query": "ec2Query",
  "aws.protocols#restJson1": "restJson1",
  "aws.protocols#restXml": "restXml",
};

function headOf(id, config) {
  const protocol = PROTOCOLS[config.protocol.getShapeId()];
  if (protocol === undefined) throw new Error(`${id} speaks ${config.protocol.getShapeId()}, which the wire does not`);
  return {
    id,
    protocol,
    signingName: config.defaultSigningName ?? config.signingName,
    targetPrefix: config.protocolSettings.serviceTarget,
    apiVersion: config.apiVersion,
    xmlNamespace: config.protocolSettings.xmlNamespace ?? "",
  };
}

function operationOf([, , name, traits, input, output], shapes, declared) {
  const { http, endpoint } = traitsOf(traits);
  const row = {
    input: shapes.refOfStructure(input),
    output: shapes.refOfStructure(output),
    errors: declared.errorsOf(name),
  };
  if (http) row.http = { method: http[0], path: http[1], status: http[2] };
  if (endpoint) row.hostPrefix = endpoint[0];
  return row;
}

function errorOf(schema, shapes) {
  const { error, httpError, awsQueryError } = traitsOf(schema[3]);
  const row = { shape: shapes.refOf(schema), fault: error ?? "client" };
  if (httpError) row.status = httpError;
  if (awsQueryError) [row.code, row.status] = awsQueryError;
  return row;
}

/** Collects every shape that is reached, once. Row numbers are the references. */
class Shapes {
  rows = [];
  enums = {};
  #exported;
  #declared;
  #known = new Map();

  constructor(exported, declared) {
    this.#exported = exported;
    this.#declared = declared;
  }

  /** Null where an operation takes or gives nothing. */
  refOfStructure(schema) {
    const target = deref(schema);
    return target === "unit" ? null : this.refOf(target);
  }

  /** `hint` is the declared TypeScript type; it alone tells which enum a string is of. */
  refOf(schema, hint = "") {
    const target = deref(schema);
    if (typeof target === "number") return this.#simple(target, hint);
    switch (target[0]) {
      case 0:
        return this.refOf(target[4], hint);
      case LIST:
      case MAP:
        return this.#collection(target, hint);
      case STRUCTURE:
      case UNION:
      case ERROR:
        return this.#structure(target);
      default:
        throw new Error(`unknown kind of schema: ${target[0]}`);
    }
  }

  #simple(number, hint) {
    if (number >= 128) return this.#collection([MAP, "", "", 0, 0, number - 128], hint);
    if (number >= 64) return this.#collection([LIST, "", "", 0, number - 64], hint);
    const row = SIMPLE[number];
    if (row === undefined) throw new Error(`unknown simple type: ${number}`);
    return this.#add(row.type === "string" ? this.#stringOf(hint) : row);
  }

  #stringOf(hint) {
    const values = this.#exported[hint];
    if (typeof values !== "object" || values === null || Array.isArray(values)) return { type: "string" };
    this.enums[hint] = Object.values(values);
    return { type: "string", enum: hint };
  }

  #collection([kind, , name, , first, second], hint) {
    if (kind === LIST) {
      return this.#add({ type: "list", name, item: this.#bound(first, itemHint(hint)) });
    }
    const [keyHint, valueHint] = entryHints(hint);
    return this.#add({
      type: "map",
      name,
      key: this.#bound(first ?? 0, keyHint),
      value: this.#bound(second, valueHint),
    });
  }

  #structure([kind, , name, traits, names, schemas, required], key = `structure ${name}`) {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = { type: kind === UNION ? "union" : "structure", name };
    const ref = this.rows.push(row) - 1;
    this.#known.set(key, ref); // before its members: shapes may hold themselves
    row.members = names.map((member, i) => {
      const [shape, memberTraits] = this.#bound(schemas[i], this.#declared.typeOf(name, member));
      return memberTraits ? [member, shape, memberTraits] : [member, shape];
    });
    if (required) row.required = required;
    const kept = keptTraits(traits);
    if (kept) row.traits = kept;
    return ref;
  }

  /** `[ref]` or `[ref, traits]`: a member's traits over those of its simple, list or map target. */
  #bound(schema, hint) {
    let traits = {};
    let target = schema;
    while (Array.isArray(target) && target.length === 2) {
      traits = { ...traitsOf(target[1]), ...traits };
      target = target[0];
    }
    target = deref(target);
    const isStructure = Array.isArray(target) && [STRUCTURE, UNION, ERROR].includes(target[0]);
    if (Array.isArray(target)) {
      const own = traitsOf(target[3]);
      const inherited = isStructure ? { streaming: own.streaming, sensitive: own.sensitive } : own;
      traits = { ...inherited, ...traits };
      if (target[0] === 0 && deref(target[4]) === 42) traits.streaming = 1;
    }
    if (target === 42) traits.streaming = 1;
    const kept = keptTraits(traits);
    const ref = this.refOf(target, hint);
    return kept ? [ref, kept] : [ref];
  }

  #add(row) {
    const key = JSON.stringify(row);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const ref = this.rows.push(row) - 1;
    this.#known.set(key, ref);
    return ref;
  }
}

const deref = (schema) => (typeof schema === "function" ? schema() : schema);

function traitsOf(traits) {
  if (typeof traits === "object" && traits !== null) return traits;
  return Object.fromEntries(TRAIT_BITS.filter((_, i) => ((traits >> i) & 1) === 1).map((name) => [name, 1]));
}

function keptTraits(traits) {
  const kept = Object.entries(traitsOf(traits)).filter(([name, value]) => KEPT.has(name) && value !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const itemHint = (hint) => (hint.endsWith("[]") ? hint.slice(0, -2).replace(/^\((.*)\)$/, "$1") : "");

function entryHints(hint) {
  const match = /^(?:Partial<)?Record<(\w+), (.*?)>>?$/.exec(hint);
  return match ? [match[1], match[2]] : ["", ""];
}
