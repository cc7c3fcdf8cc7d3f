import { parseNumberPairs, type Settings, SettingsError } from "../cli/index.js";
import { S3_PACE, type S3Pace } from "../services/s3/index.js";

const isName = (name: string): name is keyof S3Pace => Object.hasOwn(S3_PACE, name);

/** Names that mean nothing, and periods of no time, keep the server from starting. */
export function s3Pace({ s3Pace: text }: Settings): S3Pace {
  const { numbers } = parseNumberPairs(text);
  for (const [name, value] of numbers) {
    if (!isName(name)) throw new SettingsError(`s3Pace: there is no "${name}"; see docs/services/s3-events.md`);
    if (value < 1 || value > 86_400 || !Number.isInteger(value))
      throw new SettingsError(`s3Pace: ${name} is a whole number of seconds, 86400 at most`);
  }
  return { ...S3_PACE, ...Object.fromEntries(numbers) };
}
