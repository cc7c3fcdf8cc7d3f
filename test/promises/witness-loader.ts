interface Loaded {
  readonly format: string;
  readonly source?: string | Uint8Array;
}

const AUTHORIZER = "function authorize(call, target, checks) {";

/** Node's hook: the authorizer tells the witness what it is asked, before it answers. */
export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  if (loaded.format !== "module" || !url.startsWith("file:") || url.includes("/node_modules/")) return loaded;
  const text = Buffer.from(loaded.source ?? "").toString();
  const source = text.replace(AUTHORIZER, `${AUTHORIZER} globalThis.strongroomWitness(call, checks);`);
  return { ...loaded, source };
}
