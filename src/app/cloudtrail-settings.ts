import { parseNumberPairs, type Settings, SettingsError } from "../cli/index.js";
import type { CloudTrailSettings } from "../services/cloudtrail/service.js";

/** AWS delivers about every five minutes, and digests each hour. It limits look-ups to 2; here they are not, if not asked for. */
const DEFAULTS: CloudTrailSettings = { deliverySeconds: 300, digestSeconds: 3600, lookupPerSecond: 0 };

const isName = (name: string): name is keyof CloudTrailSettings => Object.hasOwn(DEFAULTS, name);

/** Names that mean nothing, and periods of no time, keep the server from starting. */
export function cloudTrailSettings({ cloudtrail }: Settings): CloudTrailSettings {
  const { numbers } = parseNumberPairs(cloudtrail);
  for (const [name, value] of numbers) {
    if (!isName(name)) throw new SettingsError(`cloudtrail: there is no "${name}"; see docs/services/cloudtrail.md`);
    if (name !== "lookupPerSecond" && (value < 1 || value > 86_400 || !Number.isInteger(value)))
      throw new SettingsError(`cloudtrail: ${name} is a whole number of seconds, 86400 at most`);
  }
  return { ...DEFAULTS, ...Object.fromEntries(numbers) };
}
