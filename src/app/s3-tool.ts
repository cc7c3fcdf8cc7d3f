import { type Arguments, type CallPlace, type HouseAnswer, SettingsError } from "../cli/index.js";
import type { ScrubReport } from "../services/s3/index.js";
import { copyClientSide } from "./client-side-copy.js";
import { reencryptTool } from "./reencrypt-tool.js";

export interface S3ToolPorts {
  readonly given: Arguments;
  readonly print: (text: string) => number;
  /** The running server's own API. */
  readonly call: (operation: string, input: object) => Promise<HouseAnswer["body"]>;
  /** S3 and KMS of that server, for one who has credentials. */
  readonly place: () => CallPlace;
}

/** `strongroom s3`: what S3's own API has no word for. */
export async function s3Tool(ports: S3ToolPorts): Promise<number> {
  const verb = ports.given.words[1];
  if (verb === "scrub") return scrub(ports);
  if (verb === "reencrypt") return reencryptTool(ports.given, ports.place(), ports.print);
  if (verb === "cp") return copyClientSide(ports.given, ports.place());
  throw new SettingsError("strongroom s3 cp, s3 reencrypt or s3 scrub; see strongroom help");
}

/** 1 when anything is damaged, so that a script can ask. */
async function scrub({ given, print, call }: S3ToolPorts): Promise<number> {
  const { flags } = given;
  const answer = await call(Object.hasOwn(flags, "now") ? "StartScrub" : "GetScrubReport", {});
  const report = answer as unknown as ScrubReport; // what both of them answer
  print(Object.hasOwn(flags, "json") ? JSON.stringify(answer, undefined, 2) : scrubText(report));
  return report.damages.length + report.damagedTables.length > 0 ? 1 : 0;
}

function scrubText(report: ScrubReport): string {
  const { state, bytesPerSecond, everyHours, startedAt, endedAt, rows, pieces, bytes, unmarked } = report;
  const lines = [
    state === "off"
      ? "scrubbing is switched off"
      : `scrubbing is ${state}, ${bytesPerSecond} bytes a second, a round every ${everyHours} hours`,
    `last round     ${startedAt ?? "none"} to ${endedAt ?? (startedAt === null ? "none" : "now")}`,
    `read           ${rows} rows, ${pieces} bodies or parts, ${bytes} bytes`,
  ];
  if (unmarked > 0)
    lines.push(`without mark   ${unmarked} bodies of earlier releases: read, and checked when they are asked for`);
  for (const table of report.damagedTables) lines.push(`DAMAGED        rows of ${table}`);
  for (const { bucket, key, part, damage, seenAt, body } of report.damages) {
    const name = bucket === null ? `body ${body}` : `s3://${bucket}/${key}`;
    lines.push(`DAMAGED        ${name}${part === 0 ? "" : ` part ${part}`}: ${damage}, seen ${seenAt}`);
  }
  if (report.damages.length + report.damagedTables.length === 0) lines.push("nothing is damaged");
  return lines.join("\n");
}
