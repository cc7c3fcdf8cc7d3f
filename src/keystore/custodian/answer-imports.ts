import type { KeyStore } from "../port.js";
import type { Field } from "./frames.js";
import { materialsField, parseImport, parseParameters } from "./import-fields.js";
import { materialField, parseMaterial } from "./protocol.js";

type Reply = (fields: readonly Field[]) => void;

export async function importParameters(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const { owner, wrapping, validTo } = parseParameters(fields);
  const { publicKey, token } = await store.importParameters(owner, wrapping, validTo);
  reply([publicKey, token]);
}

export async function importMaterial(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const { owner, request } = parseImport(fields);
  const material = await store.importMaterial(owner, request);
  reply([materialField(material), ...(material.publicKey === undefined ? [] : [material.publicKey])]);
}

export async function listMaterials(store: KeyStore, fields: readonly Buffer[], reply: Reply): Promise<void> {
  const after = fields.length === 0 ? undefined : parseMaterial(fields, 0);
  reply([materialsField(await store.listMaterials(after))]);
}
