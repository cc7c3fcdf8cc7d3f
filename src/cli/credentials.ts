import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface OwnerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the bootstrap account's root credentials are kept, in the form of `~/.aws/credentials`. */
export const credentialsFile = (dataFolder: string) => join(dataFolder, "credentials");

export function credentialsText(credentials: OwnerCredentials): string {
  return `[default]\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${credentials.secretAccessKey}\n`;
}

/** The caller's own variables win over the data folder's file. Undefined when there are neither. */
export function findCredentials(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): OwnerCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
  return readCredentials(dataFolder);
}

export const readCredentials = (dataFolder: string): OwnerCredentials | undefined =>
  credentialsIn(credentialsFile(dataFolder));

/** The one profile of such a file. */
export function credentialsIn(file: string): OwnerCredentials | undefined {
  if (!existsSync(file)) return undefined;
  const rows = new Map(
    readFileSync(file, "utf8")
      .split("\n")
      .map((line): [string, string] => pair(line)),
  );
  const [accessKeyId, secretAccessKey] = [rows.get("aws_access_key_id"), rows.get("aws_secret_access_key")];
  const sessionToken = rows.get("aws_session_token");
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function pair(line: string): [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
