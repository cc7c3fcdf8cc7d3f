import { parseNumberPairs, type Settings, SettingsError } from "../cli/index.js";
import { type KmsSettings, PRICES, RATE_GROUPS, RESOURCE_QUOTAS } from "../kms/index.js";

/** What KMS is to be told of the settings. Names that mean nothing keep the server from starting. */
export function kmsSettings({ kmsQuotas, kmsRates, kmsPrices }: Settings): KmsSettings {
  const quotas = parseNumberPairs(kmsQuotas).numbers;
  const { words, numbers: rates } = parseNumberPairs(kmsRates, ["aws"]);
  refuseUnknown("kms.quotas", quotas, Object.keys(RESOURCE_QUOTAS));
  const prices = parseNumberPairs(kmsPrices).numbers;
  refuseUnknown("kms.prices", prices, Object.keys(PRICES));
  refuseUnknown("kms.rates", rates, [...RATE_GROUPS]);
  for (const [name, rate] of rates) if (rate <= 0) throw new SettingsError(`kms.rates: ${name} is more than 0`);
  const isLimited = words.has("aws") || rates.size > 0;
  const amounts = { quotas: Object.fromEntries(quotas), prices: Object.fromEntries(prices) };
  return { ...amounts, ...(isLimited ? { rates: { aws: words.has("aws"), rates } } : {}) };
}

function refuseUnknown(setting: string, numbers: ReadonlyMap<string, number>, known: readonly string[]): void {
  const odd = [...numbers.keys()].find((name) => !known.includes(name));
  if (odd !== undefined) throw new SettingsError(`${setting}: there is no "${odd}"; see docs/services/kms.md`);
}
