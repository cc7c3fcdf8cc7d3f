/** What a server is started with, before anything of it was read. */
export interface Beginning {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A settings file lies where one is looked for. */
  readonly hasFile: boolean;
}

/**
 * Settings may name a variable that holds a PIN (`--root-pin-env`), which no worker may have in its environment. True where one
 * may be named, in a settings file for instance, which only the program can read.
 */
export function mayHideVariable({ argv, environment, hasFile }: Beginning): boolean {
  const isNamed = ["STRONGROOM_ROOT_PIN_ENV", "STRONGROOM_CONFIG"].some((name) => environment[name] !== undefined);
  return hasFile || isNamed || argv.some((word) => /^--(root-pin-env|config)(=|$)/.test(word));
}
