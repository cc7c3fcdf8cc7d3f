import { STATUS_CODES } from "node:http";
import { AwsError } from "../base/index.js";
import { escapeXml } from "./xml-writer.js";

/**
 * S3's own error page of a website, told as lists. An error in the field `ErrorDocument` says why the owner's own page
 * is not shown instead.
 */
export function websitePage(error: AwsError, status: number, ids: Readonly<Record<string, string>>): string {
  const title = `${status} ${STATUS_CODES[status] ?? "Error"}`;
  const { ErrorDocument: custom, ...fields } = error.fields;
  const nested =
    custom instanceof AwsError
      ? `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n${list(custom, custom.fields)}`
      : "";
  return (
    `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n` +
    `${list(error, { ...fields, ...ids })}${nested}<hr/>\n</body>\n</html>\n`
  );
}

function list(error: AwsError, fields: Readonly<Record<string, unknown>>): string {
  const rows = { Code: error.code, Message: error.message, ...fields };
  const items = Object.entries(rows).map(([name, value]) => `<li>${name}: ${escapeXml(String(value))}</li>\n`);
  return `<ul>\n${items.join("")}</ul>\n`;
}
