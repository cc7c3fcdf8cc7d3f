/** One line of JSON an event, for the operator. Secrets, plaintext and policy text never go in. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes to a stream the caller chose. `now` comes from the house's clock. */
export function jsonLog(write: (line: string) => void, now: () => Date, base: LogFields = {}): Log {
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      write(`${JSON.stringify({ time: now().toISOString(), level, event, ...base, ...fields })}\n`);
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What a thrown thing may say in a log: its class, code and stack, never its fields. */
export function describeThrown(thrown: unknown): LogFields {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown };
  return { error: thrown.name, reason: thrown.message.slice(0, 500), stack: thrown.stack?.slice(0, 2000) };
}
