import { parseNumberPairs, type Settings, SettingsError } from "../cli/index.js";
import type { ScrubPace } from "../services/s3/index.js";

/** 4 MiB a second cost about a hundredth of a core, and go through 2.4 TiB in a week. */
const DEFAULTS: ScrubPace = { bytesPerSecond: 4 * 1024 * 1024, everyHours: 7 * 24 };

const isName = (name: string): name is keyof ScrubPace => Object.hasOwn(DEFAULTS, name);

/** Names that mean nothing, and a pace of fractions, keep the server from starting. */
export function scrubSettings({ scrub }: Settings): ScrubPace {
  const { numbers } = parseNumberPairs(scrub);
  for (const [name, value] of numbers) {
    if (!isName(name)) throw new SettingsError(`scrub: there is no "${name}"; see docs/services/s3.md`);
    if (!Number.isInteger(value)) throw new SettingsError(`scrub: ${name} is a whole number`);
    if (name === "everyHours" && value < 1) throw new SettingsError("scrub: everyHours is at least 1");
  }
  return { ...DEFAULTS, ...Object.fromEntries(numbers) };
}
