import { SettingsError } from "./settings-error.js";

/** A command line taken apart: the words, and the flags with their text (`""` for a flag alone). */
export interface Arguments {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

/** Flags that stand alone. All others take the next word, or what follows `=`. */
const ALONE = new Set([
  "dev",
  "tls",
  "help",
  "version",
  "json",
  "now",
  "client-side",
  "instruction-file",
  "dry-run",
  "bucket-key",
  "all",
  "keep",
]);

export function parseArguments(argv: readonly string[], known: ReadonlySet<string>): Arguments {
  const words: string[] = [];
  const flags: Record<string, string> = {};
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (!word.startsWith("--")) {
      words.push(word);
      continue;
    }
    const [name = "", inline] = splitFlag(word.slice(2));
    if (!known.has(name) && !ALONE.has(name))
      throw new SettingsError(`There is no flag --${name}; see strongroom help.`);
    flags[name] = inline ?? (ALONE.has(name) ? "" : textAfter(name, argv[++index]));
  }
  return { words, flags };
}

function splitFlag(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function textAfter(name: string, next: string | undefined): string {
  if (next === undefined || next.startsWith("--")) throw new SettingsError(`--${name} needs a value.`);
  return next;
}
