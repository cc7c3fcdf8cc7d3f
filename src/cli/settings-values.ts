import { isRegion, type Region } from "../base/index.js";
import { parseEventDestinations } from "./event-destinations.js";
import { parseHsmClusters } from "./hsm-clusters.js";
import { parseNumberPairs } from "./number-pairs.js";
import { parseS3Rules } from "./s3-rules.js";
import { SettingsError } from "./settings-error.js";

export const text = (value: string) => value;
export const truth = (value: string) => value === "" || value === "true" || value === "1";

/** What is kept as it was written, once it was understood. */
function checked(parse: (value: string) => unknown) {
  return (value: string): string => {
    parse(value);
    return value;
  };
}

export const hsmClusters = checked(parseHsmClusters);
export const eventDestinations = checked(parseEventDestinations);
export const s3Rules = checked(parseS3Rules);
export const hostPorts = checked(parseHostPorts);
export const blobsPlace = checked(parseBlobs);
export const numberPairs = (...words: readonly string[]) => checked((value) => parseNumberPairs(value, words));

/** Nothing, or a whole number. */
export const wholeNumberOrNone = (least: number, most: number) =>
  checked((value) => value === "" || wholeNumber(least, most)(value));

export function wholeNumber(least: number, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most || value.trim() === "")
      throw new SettingsError(`"${value}" is not a whole number from ${least} to ${most}`);
    return number;
  };
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

export function regionName(value: string): Region {
  if (!isRegion(value)) throw new SettingsError(`"${value}" is not a Region's name`);
  return value;
}
