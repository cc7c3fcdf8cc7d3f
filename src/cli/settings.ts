import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import { isRegion, type Region, table } from "../base/index.js";
import { parseEventDestinations } from "./event-destinations.js";
import { parseHsmClusters } from "./hsm-clusters.js";
import { kmsText, pairsText, parseNumberPairs } from "./number-pairs.js";
import { parseS3Rules } from "./s3-rules.js";
import { SettingsError } from "./settings-error.js";

/** Everything that can be set, wherever it was set. */
export interface Settings {
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly region: Region;
  readonly workers: number;
  readonly dev: boolean;
  readonly tls: boolean;
  readonly tlsCert: string;
  readonly tlsKey: string;
  /** Buckets are found below this domain too: `bucket.domain`. */
  readonly s3Domain: string;
  readonly passphraseFile: string;
  readonly rootPinFile: string;
  readonly rootPinEnv: string;
  readonly rootCredentialsFile: string;
  readonly rootCa: string;
  readonly clockOffset: number;
  readonly anchorFolder: string;
  /** Seconds; 0 for never. */
  readonly anchorEvery: number;
  readonly auditKeepDays: number;
  readonly auditCompactDays: number;
  /** JSON, checked: see `parseHsmClusters`. */
  readonly hsmClusters: string;
  readonly cloudtrail: string;
  readonly s3Pace: string;
  /** JSON, checked: see `parseEventDestinations`. */
  readonly s3: string;
  readonly s3Events: string;
  /** Seconds, or nothing. */
  readonly s3Restore: string;
  readonly scrub: string;
  /** Empty: below the data folder. */
  readonly blobs: string;
  readonly blobsEndpoint: string;
  readonly blobsRegion: string;
  readonly blobsCredentialsFile: string;
  readonly blobsCa: string;
  readonly kmsQuotas: string;
  readonly kmsRates: string;
  readonly kmsPrices: string;
  readonly oidcCa: string;
  readonly xksPorts: string;
  readonly xksCa: string;
  readonly xksProxyPort: number;
  readonly xksProxyHost: string;
  readonly xksProxyCert: string;
  readonly xksProxyKey: string;
}

/** Where a setting's value came from; shown by `strongroom config`. */
export type Source = "default" | "file" | "environment" | "flag";

export interface Setting {
  readonly name: keyof Settings;
  readonly value: string | number | boolean;
  readonly source: Source;
}

interface Row {
  readonly flag: string;
  readonly environment: string;
  readonly help: string;
  readonly fallback: () => string | number | boolean;
  readonly parse: (text: string) => string | number | boolean;
}

const text = (value: string) => value;
const truth = (value: string) => value === "" || value === "true" || value === "1";

export const SETTINGS = table({
  data: row("--data", "STRONGROOM_DATA", "the data folder", () => "./strongroom-data", text),
  port: row("--port", "STRONGROOM_PORT", "the port; 0 takes a free one", () => 4599, wholeNumber(0, 65_535)),
  host: row("--host", "STRONGROOM_HOST", "the address to listen on", () => "127.0.0.1", text),
  region: row("--region", "STRONGROOM_REGION", "the Region of clients that name none", () => "us-east-1", regionName),
  workers: row("--workers", "STRONGROOM_WORKERS", "front processes", () => availableParallelism(), wholeNumber(1, 256)),
  dev: row(
    "--dev",
    "STRONGROOM_DEV",
    "create the well-known test/test credentials (loopback only)",
    () => false,
    truth,
  ),
  tls: row("--tls", "STRONGROOM_TLS", "answer HTTPS too, with a certificate of our own local CA", () => false, truth),
  tlsCert: row("--tls-cert", "STRONGROOM_TLS_CERT", "a PEM certificate chain to use instead", () => "", text),
  tlsKey: row("--tls-key", "STRONGROOM_TLS_KEY", "its private key", () => "", text),
  s3Domain: row(
    "--s3-domain",
    "STRONGROOM_S3_DOMAIN",
    "find buckets below this domain too, as bucket.domain; empty: only where AWS has them",
    () => "",
    text,
  ),
  passphraseFile: row(
    "--passphrase-file",
    "STRONGROOM_PASSPHRASE_FILE",
    "unseal at start with the passphrase in this file",
    () => "",
    text,
  ),
  rootPinFile: row(
    "--root-pin-file",
    "STRONGROOM_ROOT_PIN_FILE",
    "a root in a PKCS#11 token: the PIN is in this file",
    () => "",
    text,
  ),
  rootPinEnv: row(
    "--root-pin-env",
    "STRONGROOM_ROOT_PIN_ENV",
    "or in the environment variable of this name",
    () => "",
    text,
  ),
  rootCredentialsFile: row(
    "--root-credentials-file",
    "STRONGROOM_ROOT_CREDENTIALS_FILE",
    "a root under another KMS: credentials in the form of ~/.aws/credentials (or AWS_ACCESS_KEY_ID …)",
    () => "",
    text,
  ),
  rootCa: row(
    "--root-ca",
    "STRONGROOM_ROOT_CA",
    "a PEM file of authorities to trust for that KMS instead of the public ones",
    () => "",
    text,
  ),
  clockOffset: row(
    "--clock-offset",
    "STRONGROOM_CLOCK_OFFSET",
    "seconds to add to the machine's clock: for study, to see waiting periods end",
    () => 0,
    wholeNumber(0, 100 * 365 * 24 * 3600),
  ),
  kmsQuotas: row(
    "--kms-quotas",
    "STRONGROOM_KMS_QUOTAS",
    "KMS quotas that differ from AWS's: keysPerRegion=…,aliasesPerKey=…,grantsPerKey=…",
    () => "",
    numberPairs(),
  ),
  kmsRates: row(
    "--kms-rates",
    "STRONGROOM_KMS_RATES",
    "KMS requests a second: aws (all of AWS's), or symmetric=100,CreateKey=5,… (those alone), or both; empty: no limit",
    () => "",
    numberPairs("aws"),
  ),
  kmsPrices: row(
    "--kms-prices",
    "STRONGROOM_KMS_PRICES",
    "what `strongroom cost` counts with, in US dollars: keyMonth=1,requests=0.03,…",
    () => "",
    numberPairs(),
  ),
  anchorFolder: row(
    "--anchor-folder",
    "STRONGROOM_ANCHOR_FOLDER",
    "where the server keeps the trail's anchors; empty: anchors, in the data folder",
    () => "",
    text,
  ),
  anchorEvery: row(
    "--anchor-every",
    "STRONGROOM_ANCHOR_EVERY",
    "seconds between two anchors of the trail; 0: none by itself",
    () => 3600,
    wholeNumber(0, 30 * 24 * 3600),
  ),
  auditKeepDays: row(
    "--audit-keep-days",
    "STRONGROOM_AUDIT_KEEP_DAYS",
    "days that the trail's segments are kept for at least; 0: for ever",
    () => 0,
    wholeNumber(0, 100_000),
  ),
  auditCompactDays: row(
    "--audit-compact-days",
    "STRONGROOM_AUDIT_COMPACT_DAYS",
    "days after which the trail's segments are packed, to a tenth of their size; 0: never",
    () => 7,
    wholeNumber(0, 100_000),
  ),
  cloudtrail: row(
    "--cloudtrail",
    "STRONGROOM_CLOUDTRAIL",
    "CloudTrail's pace: deliverySeconds=300,digestSeconds=3600,lookupPerSecond=0 (AWS: 2; 0: no limit)",
    () => "",
    numberPairs(),
  ),
  s3: row(
    "--s3",
    "STRONGROOM_S3",
    "rules of S3: defaultEncryption=none (for study), blockSseC=false, sseCOverHttp=true (loopback only), kmsOverHttp=false",
    () => "",
    s3Rules,
  ),
  s3Pace: row(
    "--s3-pace",
    "STRONGROOM_S3_PACE",
    "how often S3 works by itself: accessLogSeconds=300,inventorySeconds=300",
    () => "",
    numberPairs(),
  ),
  s3Events: row(
    "--s3-events",
    "STRONGROOM_S3_EVENTS",
    "where events of buckets go, as JSON: a webhook (https://…) or a log (file:///…) for each ARN; in the settings file: s3Events",
    () => "",
    eventDestinations,
  ),
  s3Restore: row(
    "--s3-restore",
    "STRONGROOM_S3_RESTORE",
    "seconds that RestoreObject takes, whatever the tier; empty: as long as AWS",
    () => "",
    (value) => (value === "" ? value : String(wholeNumber(0, 7 * 24 * 3600)(value))),
  ),
  blobs: row(
    "--blobs",
    "STRONGROOM_BLOBS",
    "where sealed bodies lie: s3://bucket/prefix of any S3-compatible store; empty: blobs, in the data folder",
    () => "",
    blobsPlace,
  ),
  blobsEndpoint: row(
    "--blobs-endpoint",
    "STRONGROOM_BLOBS_ENDPOINT",
    "that store's URL; empty: AWS's own in the Region",
    () => "",
    text,
  ),
  blobsRegion: row(
    "--blobs-region",
    "STRONGROOM_BLOBS_REGION",
    "the Region to sign for; empty: --region",
    () => "",
    text,
  ),
  blobsCredentialsFile: row(
    "--blobs-credentials-file",
    "STRONGROOM_BLOBS_CREDENTIALS_FILE",
    "credentials in the form of ~/.aws/credentials (or STRONGROOM_BLOBS_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY)",
    () => "",
    text,
  ),
  blobsCa: row(
    "--blobs-ca",
    "STRONGROOM_BLOBS_CA",
    "a PEM file of authorities to trust for that store instead of the public ones",
    () => "",
    text,
  ),
  scrub: row(
    "--scrub",
    "STRONGROOM_SCRUB",
    "how stored bytes are read through for damage: bytesPerSecond=4194304,everyHours=168 (0 bytes: never)",
    () => "",
    numberPairs(),
  ),
  hsmClusters: row(
    "--hsm-clusters",
    "STRONGROOM_HSM_CLUSTERS",
    "PKCS#11 tokens by CloudHsmClusterId, as JSON; in the settings file: hsm.clusters",
    () => "",
    hsmClusters,
  ),
  oidcCa: row(
    "--oidc-ca",
    "STRONGROOM_OIDC_CA",
    "a PEM file of authorities to trust, beside the public ones, for OpenID Connect issuers",
    () => "",
    text,
  ),
  xksPorts: row(
    "--xks-ports",
    "STRONGROOM_XKS_PORTS",
    "ports of external key store proxies that do not listen on 443: host=port,…",
    () => "",
    hostPorts,
  ),
  xksCa: row("--xks-ca", "STRONGROOM_XKS_CA", "a PEM file of authorities to trust for such proxies", () => "", text),
  xksProxyPort: row(
    "--xks-proxy-port",
    "STRONGROOM_XKS_PROXY_PORT",
    "be an external key store proxy on this port too; 0: be none",
    () => 0,
    wholeNumber(0, 65_535),
  ),
  xksProxyHost: row(
    "--xks-proxy-host",
    "STRONGROOM_XKS_PROXY_HOST",
    "the address that the proxy listens on",
    () => "127.0.0.1",
    text,
  ),
  xksProxyCert: row(
    "--xks-proxy-cert",
    "STRONGROOM_XKS_PROXY_CERT",
    "the proxy's PEM certificate chain",
    () => "",
    text,
  ),
  xksProxyKey: row("--xks-proxy-key", "STRONGROOM_XKS_PROXY_KEY", "its private key", () => "", text),
});

function row(flag: string, environment: string, help: string, fallback: Row["fallback"], parse: Row["parse"]): Row {
  return { flag, environment, help, fallback, parse };
}

export { SettingsError };

export interface SettingSources {
  /** Values by flag without the dashes: `{ port: "4599", dev: "" }`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** Flags win over the environment, which wins over the file, which wins over the defaults. */
export async function readSettings(sources: SettingSources): Promise<readonly Setting[]> {
  const file = await readFile(sources);
  return Object.entries(SETTINGS).map(([name, row]) => settingOf(name as keyof Settings, row, sources, file)); // the table's own names
}

function settingOf(name: keyof Settings, row: Row, sources: SettingSources, file: Record<string, string>): Setting {
  const given: [Source, string | undefined][] = [
    ["flag", sources.flags[row.flag.slice(2)]],
    ["environment", sources.environment[row.environment]],
    ["file", file[name]],
  ];
  const found = given.find(([, value]) => value !== undefined);
  if (found?.[1] === undefined) return { name, value: row.fallback(), source: "default" };
  try {
    return { name, value: row.parse(found[1]), source: found[0] };
  } catch (thrown) {
    throw new SettingsError(
      `${row.flag} (from the ${found[0]}): ${thrown instanceof Error ? thrown.message : "not understood"}`,
    );
  }
}

export function settingsOf(settings: readonly Setting[]): Settings {
  return Object.fromEntries(settings.map(({ name, value }) => [name, value])) as unknown as Settings; // every row of the table, parsed by its own parser
}

async function readFile(sources: SettingSources): Promise<Record<string, string>> {
  const named = sources.flags["config"] ?? sources.environment["STRONGROOM_CONFIG"];
  const path = named === undefined ? join(sources.folder, "strongroom.yaml") : absolute(sources.folder, named);
  if (!existsSync(path)) {
    if (named !== undefined) throw new SettingsError(`The settings file ${path} does not exist.`);
    return {};
  }
  const { parse } = await import("yaml");
  return flatText(path, parse(readFileSync(path, "utf8")));
}

function flatText(path: string, parsed: unknown): Record<string, string> {
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== "object" || Array.isArray(parsed))
    throw new SettingsError(`${path}: expected one setting a line, as "port: 4599".`);
  return Object.fromEntries(
    Object.entries(parsed).flatMap(([name, value]): [string, string][] => {
      if (name === "hsm") return [["hsmClusters", hsmText(path, value)]];
      if (name === "s3") return [["s3", pairsText(value)]];
      if (name === "s3Pace") return [["s3Pace", pairsText(value)]];
      if (name === "s3Events") return [["s3Events", JSON.stringify(value ?? {})]];
      if (name === "kms") return kmsText(path, value);
      if (name === "cloudtrail" || name === "scrub") return [[name, pairsText(value)]];
      if (!(name in SETTINGS)) throw new SettingsError(`${path}: there is no setting "${name}".`);
      return [[name, String(value)]];
    }),
  );
}

/** `hsm.clusters`. */
function hsmText(path: string, value: unknown): string {
  const { clusters = {}, ...others } = (value ?? {}) as Record<string, unknown>; // a text or a number has no members
  const [odd] = Object.keys(others);
  if (odd !== undefined) throw new SettingsError(`${path}: there is no setting "hsm.${odd}".`);
  return JSON.stringify(clusters);
}

export const absolute = (folder: string, path: string) => (isAbsolute(path) ? path : join(folder, path));

function wholeNumber(least: number, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most || value.trim() === "")
      throw new SettingsError(`"${value}" is not a whole number from ${least} to ${most}`);
    return number;
  };
}

function hsmClusters(value: string): string {
  parseHsmClusters(value);
  return value;
}

function eventDestinations(value: string): string {
  parseEventDestinations(value);
  return value;
}

function numberPairs(...words: readonly string[]) {
  return (value: string): string => {
    parseNumberPairs(value, words);
    return value;
  };
}

function s3Rules(value: string): string {
  parseS3Rules(value);
  return value;
}

function hostPorts(value: string): string {
  parseHostPorts(value);
  return value;
}

/** `xks.example.com=9443,localhost=9444`; hosts in lower case. */
export function parseHostPorts(value: string): ReadonlyMap<string, number> {
  const pairs = value.split(",").filter((pair) => pair.trim() !== "");
  const port = wholeNumber(1, 65_535);
  return new Map(
    pairs.map((pair): [string, number] => {
      const [host = "", number = "", ...more] = pair.trim().split("=");
      if (host === "" || more.length > 0) throw new SettingsError(`"${pair}" is not host=port`);
      return [host.toLowerCase(), port(number)];
    }),
  );
}

/** Bucket and prefix; the prefix of plain words and slashes, so that it needs no encoding anywhere. */
export function parseBlobs(value: string): { readonly bucket: string; readonly prefix: string } | undefined {
  if (value === "") return undefined;
  const [, bucket = "", prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?([A-Za-z0-9._/-]{0,200})$/.exec(value) ?? [];
  if (bucket === "") throw new SettingsError(`"${value}" is not s3://bucket/prefix`);
  return { bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
}

function blobsPlace(value: string): string {
  parseBlobs(value);
  return value;
}

function regionName(value: string): string {
  if (!isRegion(value)) throw new SettingsError(`"${value}" is not a Region's name`);
  return value;
}
