import { WRAPPING_ALGORITHMS, WRAPPING_KEY_SPECS } from "../../crypto/index.js";
import type { ImportExpectation, ImportRequest, ImportWrapping, Material, MaterialId, MaterialOwner } from "../port.js";
import { specAt } from "./cipher-fields.js";
import { BadFrame, type Field } from "./frames.js";
import { bytesAt, materialField, parseMaterial, textAt } from "./protocol.js";

/** The fields of what deals with imports and lists. Owners take three fields; lists are one text, a line an item. */
export const parametersFields = (owner: MaterialOwner, wrapping: ImportWrapping, validTo: Date): Field[] => [
  ...ownerFields(owner),
  wrapping.keySpec,
  wrapping.algorithm,
  String(validTo.getTime()),
];

export function parseParameters(fields: readonly Buffer[]) {
  const [keySpec, algorithm] = [textAt(fields, 3), textAt(fields, 4)];
  if (!WRAPPING_KEY_SPECS.some((each) => each === keySpec) || !(algorithm in WRAPPING_ALGORITHMS)) {
    throw new BadFrame("no such wrapping");
  }
  const wrapping = { keySpec, algorithm } as ImportWrapping; // both are in their tables
  return { owner: parseOwner(fields), wrapping, validTo: dateAt(fields, 5) };
}

export const importFields = (owner: MaterialOwner, request: ImportRequest): Field[] => [
  ...ownerFields(owner),
  request.spec,
  request.token,
  request.wrapped,
  String(request.now.getTime()),
  listField(request.expected.only),
  listField(request.expected.never),
  request.expected.isTrial === true ? "trial" : "",
];

export function parseImport(fields: readonly Buffer[]): { owner: MaterialOwner; request: ImportRequest } {
  const spec = specAt(fields, 3);
  const [only, never] = [listAt(fields, 7), listAt(fields, 8)];
  const expected: ImportExpectation = {
    ...(only && { only }),
    ...(never && { never }),
    isTrial: textAt(fields, 9) === "trial",
  };
  const [token, wrapped] = [bytesAt(fields, 4), bytesAt(fields, 5)];
  return { owner: parseOwner(fields), request: { spec, token, wrapped, now: dateAt(fields, 6), expected } };
}

export const materialsField = (materials: readonly Material[]): Field => materials.map(materialField).join("\n");

export function parseMaterials(fields: readonly Buffer[], index: number): Material[] {
  const text = textAt(fields, index);
  return text === "" ? [] : text.split("\n").map((line) => parseMaterial([Buffer.from(line)], 0));
}

const ownerFields = ({ account, region, keyId }: MaterialOwner): Field[] => [account, region, keyId];

const parseOwner = (fields: readonly Buffer[]): MaterialOwner => ({
  account: textAt(fields, 0),
  region: textAt(fields, 1),
  keyId: textAt(fields, 2),
});

function dateAt(fields: readonly Buffer[], index: number): Date {
  const date = new Date(Number(textAt(fields, index)));
  if (Number.isNaN(date.getTime())) throw new BadFrame("a time is a number");
  return date;
}

/** A mark in front tells an empty list from none. */
const listField = (ids: readonly MaterialId[] | undefined): Field =>
  ids === undefined ? "" : ["=", ...ids].join("\n");

function listAt(fields: readonly Buffer[], index: number): MaterialId[] | undefined {
  const text = textAt(fields, index);
  return text === "" ? undefined : (text.split("\n").slice(1) as MaterialId[]); // names that are no ids match no material
}
