import type { HouseAnswer } from "../cli/index.js";
import type { CostReport } from "../kms/index.js";

const MOST_KEYS = 20;

/** `strongroom cost`, for people. */
export function costText(answer: HouseAnswer["body"]): string {
  const report = answer as unknown as CostReport; // what GetCostReport answers
  const { freeTier, keys, keyCount } = report;
  const lines = [
    `AWS KMS, ${report.month}, account ${report.accountId}: what it would cost on AWS until now`,
    "",
    amountLine("keys, by the month", report.keyFees),
    amountLine("requests", report.requestCharges),
    amountLine("  free of charge, not in it", freeTier.amount, freeTier.requests),
    amountLine("total", report.total),
  ];
  const keyRows = keys
    .slice(0, MOST_KEYS)
    .map(({ keyArn, fee, requests, amount }): Row => [keyArn, String(requests), money(fee), money(amount)]);
  const left = keyCount - keyRows.length;
  lines.push("", ...table(["key", "requests", "fee", "amount"], keyRows));
  if (left > 0) lines.push(`and ${left} keys more; --json shows up to 1000`);
  for (const [heading, costs] of [
    ["service", report.services],
    ["operation", report.operations],
  ] as const) {
    const rows = costs.map(({ name, requests, amount }): Row => [name, String(requests), money(amount)]);
    lines.push("", ...table([heading, "requests", "amount"], rows));
  }
  return lines.join("\n");
}

type Row = readonly string[];

const money = (amount: number) => `$${amount.toFixed(6)}`;

const amountLine = (name: string, amount: number, requests?: number) =>
  `${name.padEnd(28)}${money(amount).padStart(16)}${requests === undefined ? "" : `  (${requests} requests)`}`;

/** The first column to the left, the numbers to the right. */
function table(head: Row, rows: readonly Row[]): string[] {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: Row) =>
    row.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join("  ");
  return [line(head), ...rows.map(line)];
}
