let format: Intl.DateTimeFormat | undefined;

/** A date as S3's errors print it, by a clock in Seattle: `Tue Dec 31 16:00:00 PST 2019`. */
export function pacificDate(date: Date): string {
  format ??= newFormat(); // milliseconds of every start, and seldom needed
  const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const of = (...types: Intl.DateTimeFormatPartTypes[]) => types.map((type) => parts.get(type) ?? "");
  return `${of("weekday", "month", "day").join(" ")} ${of("hour", "minute", "second").join(":")} ${of("timeZoneName", "year").join(" ")}`;
}

const newFormat = () =>
  new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Los_Angeles",
    weekday: "short",
    month: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    year: "numeric",
  });
