import { readFileSync } from "node:fs";
import { join } from "node:path";
import { needs } from "../base/index.js";
import type { OperationModel, ProtocolName, ServiceModel } from "./port.js";

/** A row number in `Model.shapes`. */
export type ShapeRef = number;

/** Traits by their Smithy names; a flag is 1. Only what the wire needs is in the files. */
export interface Traits {
  readonly httpLabel?: 1;
  readonly sensitive?: 1;
  readonly httpPayload?: 1;
  readonly httpResponseCode?: 1;
  readonly httpQueryParams?: 1;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpQuery?: string;
  readonly jsonName?: string;
  readonly xmlName?: string;
  readonly xmlFlattened?: 1;
  readonly xmlAttribute?: 1;
  readonly xmlNamespace?: readonly [prefix: string, uri: string];
  readonly ec2QueryName?: string;
  readonly streaming?: 1;
  readonly eventPayload?: 1;
  readonly eventHeader?: 1;
  readonly hostLabel?: 1;
  readonly mediaType?: string;
  readonly sparse?: 1;
}

/** `[ref]` or `[ref, traits]`: what a list or map holds. */
export type Bound = readonly [ref: ShapeRef, traits?: Traits];
export type Member = readonly [name: string, ref: ShapeRef, traits?: Traits];

export interface StructureShape {
  readonly type: "structure" | "union";
  readonly name: string;
  readonly members: readonly Member[];
  /** The first so many members are required. */
  readonly required?: number;
  readonly traits?: Traits;
}

export interface ListShape {
  readonly type: "list";
  readonly item: Bound;
}

export interface MapShape {
  readonly type: "map";
  readonly key: Bound;
  readonly value: Bound;
}

export type TimestampFormat = "dateTime" | "httpDate" | "epochSeconds";

export type SimpleShape =
  | { readonly type: "string"; readonly enum?: string }
  | { readonly type: "timestamp"; readonly format?: TimestampFormat }
  | { readonly type: "number" | "boolean" | "blob" | "document" | "bigInteger" | "bigDecimal" };

export type Shape = StructureShape | ListShape | MapShape | SimpleShape;

export interface OperationRow {
  readonly input: ShapeRef | null;
  readonly output: ShapeRef | null;
  readonly errors: readonly string[];
  readonly http?: { readonly method: string; readonly path: string; readonly status: number };
}

export interface ErrorRow {
  readonly shape: ShapeRef;
  readonly fault: "client" | "server";
  readonly status?: number;
  /** The code on the wire of the query protocols where it is not the shape's name. */
  readonly code?: string;
}

/** One service as its file tells it. */
interface ModelFile {
  readonly operations: Readonly<Record<string, OperationRow>>;
  readonly errors: Readonly<Record<string, ErrorRow>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly shapes: readonly Shape[];
}

interface IndexEntry {
  readonly id: string;
  readonly protocol: ProtocolName;
  readonly signingName: string;
  readonly targetPrefix: string;
  readonly apiVersion: string;
  readonly xmlNamespace: string;
}

/** The port's model with what only the wire sees. */
export interface Model extends ServiceModel {
  readonly xmlNamespace: string;
  readonly rows: ReadonlyMap<string, OperationRow>;
  readonly errors: ReadonlyMap<string, ErrorRow>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly shapes: readonly Shape[];
  shape(ref: ShapeRef): Shape;
  /** A shape that must be a structure: inputs, outputs, errors. */
  structure(ref: ShapeRef): StructureShape;
}

/** The services of a models folder. The index is read at once, a service's file when it is first asked for. */
export class Models {
  readonly ids: readonly string[];
  readonly #folder: string;
  readonly #entries: ReadonlyMap<string, IndexEntry>;
  readonly #bySigningName: ReadonlyMap<string, string>;
  readonly #byTarget: ReadonlyMap<string, string>;
  readonly #open = new Map<string, Model>();

  constructor(folder: string) {
    this.#folder = folder;
    const { services } = readJson(join(folder, "index.json")) as { services: IndexEntry[] }; // written by our own build
    this.ids = services.map(({ id }) => id);
    this.#entries = new Map(services.map((entry) => [entry.id, entry]));
    // S3 Control signs as S3 does: of two the first is meant, and `recognise` knows the other by its requests.
    this.#bySigningName = new Map(services.toReversed().map(({ id, signingName }) => [signingName, id]));
    this.#byTarget = new Map(services.map(({ id, targetPrefix }) => [targetPrefix, id]));
  }

  get(id: string): Model {
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const entry = this.#entries.get(id);
    needs(entry, `the models folder has a service ${id}`);
    const model = openModel(entry, readJson(join(this.#folder, `${id}.json`)) as ModelFile); // written by our own build
    this.#open.set(id, model);
    return model;
  }

  findBySigningName(name: string): Model | undefined {
    const id = this.#bySigningName.get(name);
    return id === undefined ? undefined : this.get(id);
  }

  findByTargetPrefix(prefix: string): Model | undefined {
    const id = this.#byTarget.get(prefix);
    return id === undefined ? undefined : this.get(id);
  }
}

function openModel(entry: IndexEntry, file: ModelFile): Model {
  const rows = new Map(Object.entries(file.operations));
  const shape = (ref: ShapeRef): Shape => {
    const found = file.shapes[ref];
    needs(found, `shape ${ref} of ${entry.id} is in its file`);
    return found;
  };
  const structure = (ref: ShapeRef): StructureShape => {
    const found = shape(ref);
    needs(found.type === "structure" || found.type === "union", `shape ${ref} of ${entry.id} is a structure`);
    return found;
  };
  const operations = new Map(
    Array.from(rows, ([name, row]): [string, OperationModel] => [
      name,
      {
        name,
        errors: row.errors,
        streamingInput: streamingMember(row.input, structure, shape),
        streamingOutput: streamingMember(row.output, structure, shape),
      },
    ]),
  );
  const { id, protocol, signingName, targetPrefix, apiVersion, xmlNamespace } = entry;
  const enums = new Map(Object.entries(file.enums));
  const errors = new Map(Object.entries(file.errors));
  return {
    ...{ id, protocol, signingName, targetPrefix, apiVersion, xmlNamespace },
    ...{ operations, rows, errors, enums, shapes: file.shapes, shape, structure },
  };
}

/** A streaming blob or an event stream. */
function streamingMember(
  ref: ShapeRef | null,
  structure: (ref: ShapeRef) => StructureShape,
  shape: (ref: ShapeRef) => Shape,
): string | undefined {
  if (ref === null) return undefined;
  const streaming = structure(ref).members.find(
    ([, target, traits]) => traits?.streaming === 1 && ["blob", "union"].includes(shape(target).type),
  );
  return streaming?.[0];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
