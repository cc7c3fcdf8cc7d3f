import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readCredentials } from "./credentials.js";
import type { Settings } from "./settings.js";
import { SettingsError } from "./settings-error.js";

/** Shell exports that point every AWS SDK and tool at this server: `eval "$(strongroom env)"`. */
export function environmentLines(settings: Settings, caFile: string): string {
  const credentials = readCredentials(settings.data);
  if (credentials === undefined)
    throw new SettingsError(
      `${settings.data} holds no credentials yet: run \`strongroom up\` or \`strongroom init\` first.`,
    );
  const variables: [string, string][] = [
    ["AWS_ENDPOINT_URL", endpoint(settings)],
    ["AWS_ACCESS_KEY_ID", credentials.accessKeyId],
    ["AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey],
    ["AWS_REGION", settings.region],
    ["AWS_DEFAULT_REGION", settings.region],
  ];
  if (settings.tls && settings.tlsCert === "" && existsSync(caFile)) variables.push(["AWS_CA_BUNDLE", resolve(caFile)]);
  const lines = variables.map(([name, value]) => `export ${name}=${quoted(value)}`);
  return `${[...lines, "unset AWS_SESSION_TOKEN AWS_PROFILE"].join("\n")}\n`;
}

/** An address, not a name: SDKs then use path-style S3 URLs without being told. */
export function endpoint(settings: Settings): string {
  const host = settings.host === "0.0.0.0" || settings.host === "::" ? "127.0.0.1" : settings.host;
  return `${settings.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${settings.port}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
