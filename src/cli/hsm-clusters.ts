import { SettingsError } from "./settings-error.js";

/** One PKCS#11 token that stands for a CloudHSM cluster. */
export interface HsmClusterSetting {
  /** The module's path. */
  readonly module: string;
  /** The token's label. */
  readonly token: string;
  /** For modules whose PIN is `user:password`. */
  readonly user?: string | undefined;
  /** A PEM file: the certificate that CreateCustomKeyStore must name. */
  readonly trustAnchor?: string | undefined;
}

const CLUSTER_ID = /^cluster-[2-7a-zA-Z]{11,16}$/;
const MEMBERS = new Set(["module", "token", "user", "trustAnchor"]);

/** `{"cluster-…": {"module": "/usr/lib/…so", "token": "label"}}`, as the settings file's `hsm.clusters` becomes. */
export function parseHsmClusters(text: string): ReadonlyMap<string, HsmClusterSetting> {
  if (text === "") return new Map();
  const clusters = new Map(Object.entries(objectOf(parseJson(text), "hsm.clusters")).map(clusterOf));
  const places = [...clusters.values()].map(({ module, token }) => `${module}\0${token}`);
  // Two clusters would be one: who may use the one could use the other's keys.
  if (new Set(places).size < places.length) throw new SettingsError("hsm.clusters: two clusters name one token");
  return clusters;
}

function clusterOf([id, value]: [string, unknown]): [string, HsmClusterSetting] {
  if (!CLUSTER_ID.test(id)) throw new SettingsError(`hsm.clusters: "${id}" is no cluster id (cluster-1a23b4cdefg)`);
  const members = objectOf(value, id);
  for (const [name, member] of Object.entries(members)) {
    if (!MEMBERS.has(name)) throw new SettingsError(`${id}: there is no member "${name}"`);
    if (typeof member !== "string" || member === "") throw new SettingsError(`${id}: ${name} is a text`);
  }
  const { module, token, user, trustAnchor } = members as unknown as HsmClusterSetting; // texts, as was just checked
  if (module === undefined || token === undefined) throw new SettingsError(`${id}: module and token are needed`);
  return [id, { module, token, user, trustAnchor }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingsError("hsm.clusters is not understood");
  }
}

function objectOf(value: unknown, what: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SettingsError(`${what}: expected names and what they mean`);
}
