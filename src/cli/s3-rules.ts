import { SettingsError } from "./settings-error.js";

/** What of S3 an operator may choose, as it is set. */
export interface S3RuleSettings {
  readonly defaultEncryption: "AES256" | "none";
  readonly blockSseC: boolean;
  readonly kmsOverHttp: boolean;
  readonly sseCOverHttp: boolean;
}

const CHOICES: { readonly [Name in keyof S3RuleSettings]: readonly string[] } = {
  defaultEncryption: ["AES256", "none"],
  blockSseC: ["true", "false"],
  kmsOverHttp: ["true", "false"],
  sseCOverHttp: ["true", "false"],
};

/** As AWS is today, but that KMS keys may be used over the loopback's plain HTTP. */
const DEFAULTS: S3RuleSettings = {
  defaultEncryption: "AES256",
  blockSseC: true,
  kmsOverHttp: true,
  sseCOverHttp: false,
};

/** `defaultEncryption=none,blockSseC=false`; a name without a value is true. */
export function parseS3Rules(text: string): S3RuleSettings {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.assign({ ...DEFAULTS }, ...pairs.map((pair) => rule(pair.trim())));
}

function rule(pair: string): Partial<S3RuleSettings> {
  const [name = "", value = "true", ...more] = pair.split("=");
  const choices = isRule(name) && more.length === 0 ? CHOICES[name] : undefined;
  if (choices === undefined) throw new SettingsError(`"${pair}" is no rule of S3; see docs/services/s3.md`);
  if (!choices.includes(value)) throw new SettingsError(`s3: ${name} is ${choices.join(" or ")}`);
  return { [name]: value === "true" || value === "false" ? value === "true" : value };
}

const isRule = (name: string): name is keyof S3RuleSettings => Object.hasOwn(CHOICES, name);
