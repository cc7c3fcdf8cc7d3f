/** An answer as its audit record shows it: lower camel case all the way down, times as the records of IAM and Organizations write them. */
export function responseElements(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), shown(member)]),
  );
}

function shown(value: unknown): unknown {
  if (value instanceof Date) return trailDate(value);
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === "object" && value !== null ? responseElements(value) : value;
}

let format: Intl.DateTimeFormat | undefined;

/** `Nov 21, 2026, 9:00:00 AM`. Newer ICU puts a narrow space before AM. */
function trailDate(date: Date): string {
  format ??= newFormat(); // a twelfth of a worker's start
  return format.format(date).replace(/\u202f/g, " ");
}

const newFormat = () =>
  new Intl.DateTimeFormat("en-US", {
    month: "short",
    day: "numeric",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZone: "UTC",
  });
