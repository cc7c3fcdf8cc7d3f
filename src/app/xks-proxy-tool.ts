import { mkdirSync } from "node:fs";
import { Ids } from "../base/index.js";
import { type Arguments, type Settings, SettingsError } from "../cli/index.js";
import { newSecret } from "../crypto/index.js";
import {
  checkConfig,
  DEFAULT_URI_PATH,
  type ProxyConfig,
  type ProxyCredential,
  withCredential,
  withKey,
  withoutCredential,
  withoutKey,
} from "../services/xks-proxy/index.js";
import { realEntropy } from "./real.js";
import { proxyFile, readProxyConfig, writeProxyConfig } from "./xks-proxy-file.js";

type Print = (text: string) => number;
type Verb = (given: Arguments, settings: Settings, print: Print) => number;

/** Changes the proxy's file, which the running server takes up with its next request. */
export function xksProxyTool(given: Arguments, settings: Settings, print: Print): number {
  const name = given.words[1] ?? "";
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) throw new SettingsError(`strongroom xks-proxy ${Object.keys(VERBS).join("|")}|run`);
  return verb(given, settings, print);
}

const VERBS: Readonly<Record<string, Verb>> = {
  init(given, { data }, print) {
    if (readProxyConfig(data) !== undefined) throw new SettingsError(`${proxyFile(data)} is there already.`);
    const uriPath = given.flags["uri-path"] ?? DEFAULT_URI_PATH;
    const principal = flag(given, "principal");
    const config = checkConfig({ version: 1, uriPath, principal, credentials: [newCredential()], keys: {} });
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeProxyConfig(data, config);
    return print(`${proxyFile(data)} is made. Its credential: strongroom xks-proxy credential`);
  },

  "add-key"(given, { data }, print) {
    const [id, keyArn] = [flag(given, "external-key-id"), flag(given, "key-id")];
    const allow = given.flags["allow"]?.split(",");
    writeProxyConfig(data, withKey(present(data), id, { keyArn, ...(allow === undefined ? {} : { allow }) }));
    return print(`${id} is ${keyArn}`);
  },

  "remove-key"(given, { data }, print) {
    const id = flag(given, "external-key-id");
    writeProxyConfig(data, withoutKey(present(data), id));
    return print(`${id} is no external key any more.`);
  },

  list(_given, { data }, print) {
    const { uriPath, principal, credentials, keys } = present(data);
    const rows = Object.entries(keys).map(([id, { keyArn, allow }]) => `${id}  ${keyArn}  ${allow?.join(",") ?? "*"}`);
    const ids = credentials.map(({ accessKeyId }) => accessKeyId).join(", ");
    return print([`path         ${uriPath}`, `principal    ${principal}`, `credentials  ${ids}`, ...rows].join("\n"));
  },

  credential(_given, { data }, print) {
    const { uriPath, credentials } = present(data);
    return print(credentials.map((each) => consoleText(uriPath, each)).join("\n"));
  },

  rotate(_given, { data }, print) {
    const credential = newCredential();
    const config = withCredential(present(data), credential);
    writeProxyConfig(data, config);
    return print(consoleText(config.uriPath, credential));
  },

  retire(given, { data }, print) {
    const id = flag(given, "access-key-id");
    writeProxyConfig(data, withoutCredential(present(data), id));
    return print(`${id} is good for nothing any more.`);
  },
};

function flag({ flags }: Arguments, name: string): string {
  const value = flags[name];
  if (value === undefined || value === "") throw new SettingsError(`--${name} is needed.`);
  return value;
}

function present(dataFolder: string): ProxyConfig {
  const config = readProxyConfig(dataFolder);
  if (config === undefined) throw new SettingsError("There is no proxy yet: strongroom xks-proxy init --principal ARN");
  return config;
}

const ACCESS_KEY_ID_CHARS = 24;

function newCredential(): ProxyCredential {
  const secret = newSecret();
  const secretAccessKey = secret.use((bytes) => bytes.toString("base64"));
  secret.wipe();
  return { accessKeyId: new Ids(realEntropy()).base32(ACCESS_KEY_ID_CHARS), secretAccessKey };
}

/** The file that the AWS console takes when an external key store is created. */
const consoleText = (XksProxyUriPath: string, { accessKeyId, secretAccessKey }: ProxyCredential): string =>
  JSON.stringify(
    {
      XksProxyUriPath,
      XksProxyAuthenticationCredential: { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey },
    },
    undefined,
    2,
  );
