const PARTS = new Intl.DateTimeFormat("en-US", {
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

/** A date as S3's errors print it, by a clock in Seattle: `Tue Dec 31 16:00:00 PST 2019`. */
export function pacificDate(date: Date): string {
  const parts = new Map(PARTS.formatToParts(date).map(({ type, value }) => [type, value]));
  const of = (...types: Intl.DateTimeFormatPartTypes[]) => types.map((type) => parts.get(type) ?? "");
  return `${of("weekday", "month", "day").join(" ")} ${of("hour", "minute", "second").join(":")} ${of("timeZoneName", "year").join(" ")}`;
}
