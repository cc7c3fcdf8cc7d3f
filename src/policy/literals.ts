/** Readers of condition literals. Each gives undefined for what it cannot read: it is refused or fails closed (kms A-9). */

export function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})$/.test(text) ? Number(text) : undefined;
}

export function parseBool(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === "true") return true;
  return lower === "false" ? false : undefined;
}

const ISO = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?)?)?$/;

/** Milliseconds of an ISO-8601 date or of seconds since the epoch; four digits are a year. */
export function parseDate(text: string): number | undefined {
  if (ISO.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : at;
  }
  return /^-?\d{1,13}(\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : undefined;
}
