import { SettingsError } from "./settings-error.js";

/** `aws,CreateKey=5,symmetric=100`: words that stand alone, and names with a number. */
export interface NumberPairs {
  readonly words: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number>;
}

/** Whether the names are known is for those to say who know them: the server does not start otherwise. */
export function parseNumberPairs(text: string, words: readonly string[] = []): NumberPairs {
  const parts = text.split(",").map((part) => part.trim());
  const found = new Set<string>();
  const numbers = new Map<string, number>();
  for (const part of parts.filter((each) => each !== "")) {
    const [name = "", number, ...more] = part.split("=");
    if (number === undefined && words.includes(name)) found.add(name);
    else if (number !== undefined && more.length === 0 && isNumber(number)) numbers.set(name.trim(), Number(number));
    else throw new SettingsError(`"${part}" is not name=number${words.map((word) => ` or ${word}`).join("")}`);
  }
  return { words: found, numbers };
}

const isNumber = (text: string) => /^\s*\d{1,12}(\.\d{1,6})?\s*$/.test(text);

const KMS = ["quotas", "rates", "prices"] as const;

/** The settings file's `kms`, each of whose members is such pairs, or a text of them. */
export function kmsText(path: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) throw new SettingsError(`${path}: kms has ${KMS.join(", ")}.`);
  return Object.entries(value).map(([name, pairs]): [string, string] => {
    if (!KMS.some((known) => known === name)) throw new SettingsError(`${path}: there is no setting "kms.${name}".`);
    return [`kms${name.charAt(0).toUpperCase()}${name.slice(1)}`, pairsText(pairs)];
  });
}

/** YAML has no words without a value: `aws: true` is one. */
export function pairsText(pairs: unknown): string {
  if (typeof pairs !== "object" || pairs === null) return String(pairs ?? "");
  return Object.entries(pairs)
    .map(([name, value]) => (value === true ? name : `${name}=${String(value)}`))
    .join(",");
}
