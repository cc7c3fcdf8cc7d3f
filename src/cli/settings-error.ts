/** A setting that cannot be understood; the command line shows the message and ends. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
