const LENGTH = "20260101T000000Z".length;

/** Milliseconds of `20260101T000000Z`; undefined for any other form and for days that no calendar has. */
export function parseAmzTime(text: string): number | undefined {
  if (text.length !== LENGTH || text[8] !== "T" || text[15] !== "Z") return undefined;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 4, 6), digits(text, 6, 8)];
  const [hour, minute, second] = [digits(text, 9, 11), digits(text, 11, 13), digits(text, 13, 15)];
  if (!(month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60)) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC lets the 31st of February roll into March, and takes the year 26 for 1926.
  const isWritten = new Date(ms).getUTCDate() === day && year >= 1970;
  return isWritten ? ms : undefined;
}

export const formatAmzTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;

/** NaN unless all are digits. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
