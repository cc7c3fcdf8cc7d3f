import { parseArn } from "../base/index.js";
import { SettingsError } from "./settings-error.js";

/** `{"arn:aws:sqs:…": "https://…", "arn:aws:sns:…": "file:///…"}`: what stands behind an ARN here. */
export function parseEventDestinations(text: string): ReadonlyMap<string, URL> {
  const value = text === "" ? {} : parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SettingsError("s3Events: expected ARNs and their addresses");
  return new Map(
    Object.entries(value).map(([arn, address]): [string, URL] => [checkedArn(arn), addressOf(arn, address)]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingsError("s3Events is not understood");
  }
}

const SERVICES = new Set(["sqs", "sns", "lambda", "events"]);

function checkedArn(text: string): string {
  const arn = parseArn(text);
  if (arn !== undefined && SERVICES.has(arn.service) && /^\d{12}$/.test(arn.account)) return text;
  throw new SettingsError(`s3Events: "${text}" is not the ARN of a queue, topic, function or event bus`);
}

/** The address is never shown: it may hold a token. */
function addressOf(arn: string, address: unknown): URL {
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !["http:", "https:", "file:"].includes(url.protocol))
    throw new SettingsError(`s3Events: ${arn} needs an http, https or file URL`);
  if (url.protocol === "file:" && (url.host !== "" || url.pathname.endsWith("/")))
    throw new SettingsError(`s3Events: ${arn} needs a file on this machine: file:///path`);
  return url;
}
