import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { kmsText, pairsText } from "./number-pairs.js";
import { SettingsError } from "./settings-error.js";
import { SETTINGS } from "./settings-table.js";

type Table = typeof SETTINGS;

/** What everything that can be set is set to, wherever that was done. */
export type Settings = { readonly [Name in keyof Table]: ReturnType<Table[Name]["parse"]> };

/** Where a setting's value came from; shown by `strongroom config`. */
export type Source = "default" | "file" | "environment" | "flag";

export interface Setting {
  readonly name: keyof Settings;
  readonly value: string | number | boolean;
  readonly source: Source;
}

export interface SettingSources {
  /** Values by flag without the dashes: `{ port: "4599", dev: "" }`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** Flags win over the environment, which wins over the file, which wins over the defaults. */
export async function readSettings(sources: SettingSources): Promise<readonly Setting[]> {
  const file = await readFile(sources);
  return Object.entries(SETTINGS).map(([name, row]) => settingOf(name as keyof Settings, row, sources, file)); // the table's own names
}

function settingOf(
  name: keyof Settings,
  row: Table[keyof Table],
  sources: SettingSources,
  file: Record<string, string>,
): Setting {
  const given: [Source, string | undefined][] = [
    ["flag", sources.flags[row.flag.slice(2)]],
    ["environment", sources.environment[row.environment]],
    ["file", file[name]],
  ];
  const found = given.find(([, value]) => value !== undefined);
  if (found?.[1] === undefined) return { name, value: row.fallback(), source: "default" };
  try {
    return { name, value: row.parse(found[1]), source: found[0] };
  } catch (thrown) {
    throw new SettingsError(
      `${row.flag} (from the ${found[0]}): ${thrown instanceof Error ? thrown.message : "not understood"}`,
    );
  }
}

export function settingsOf(settings: readonly Setting[]): Settings {
  return Object.fromEntries(settings.map(({ name, value }) => [name, value])) as unknown as Settings; // every row of the table, parsed by its own parser
}

async function readFile(sources: SettingSources): Promise<Record<string, string>> {
  const named = sources.flags["config"] ?? sources.environment["STRONGROOM_CONFIG"];
  const path = named === undefined ? join(sources.folder, "strongroom.yaml") : absolute(sources.folder, named);
  if (!existsSync(path)) {
    if (named !== undefined) throw new SettingsError(`The settings file ${path} does not exist.`);
    return {};
  }
  const { parse } = await import("yaml");
  return flatText(path, parse(readFileSync(path, "utf8")));
}

function flatText(path: string, parsed: unknown): Record<string, string> {
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== "object" || Array.isArray(parsed))
    throw new SettingsError(`${path}: expected one setting a line, as "port: 4599".`);
  return Object.fromEntries(
    Object.entries(parsed).flatMap(([name, value]): [string, string][] => {
      if (name === "hsm") return [["hsmClusters", hsmText(path, value)]];
      if (name === "s3") return [["s3", pairsText(value)]];
      if (name === "s3Pace") return [["s3Pace", pairsText(value)]];
      if (name === "s3Events") return [["s3Events", JSON.stringify(value ?? {})]];
      if (name === "kms") return kmsText(path, value);
      if (name === "cloudtrail" || name === "scrub") return [[name, pairsText(value)]];
      if (!(name in SETTINGS)) throw new SettingsError(`${path}: there is no setting "${name}".`);
      return [[name, String(value)]];
    }),
  );
}

/** `hsm.clusters`. */
function hsmText(path: string, value: unknown): string {
  const { clusters = {}, ...others } = (value ?? {}) as Record<string, unknown>; // a text or a number has no members
  const [odd] = Object.keys(others);
  if (odd !== undefined) throw new SettingsError(`${path}: there is no setting "hsm.${odd}".`);
  return JSON.stringify(clusters);
}

export const absolute = (folder: string, path: string) => (isAbsolute(path) ? path : join(folder, path));
