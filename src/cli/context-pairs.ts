import { SettingsError } from "./settings-error.js";

/** `--context team=red,file=a`: names and texts. None is no pair. */
export function parseContextPairs(text: string | undefined): Readonly<Record<string, string>> {
  const parts = text === undefined ? [] : text.split(",");
  return Object.fromEntries(parts.map((part): [string, string] => contextPair(part)));
}

function contextPair(part: string): [string, string] {
  const at = part.indexOf("=");
  if (at < 1) throw new SettingsError("--context is key=value, separated by commas.");
  return [part.slice(0, at), part.slice(at + 1)];
}
