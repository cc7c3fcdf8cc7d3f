import { cpus, totalmem } from "node:os";

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A Markdown table with columns that line up. */
export function showTable(table: Table): string {
  const rows = [table.columns, table.columns.map(() => "---"), ...table.rows];
  const widths = table.columns.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const lines = rows.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  return `\n### ${table.title}\n\n${lines.join("\n")}\n`;
}

/** What kind of machine the figures are from; never its name. */
export function machineKind(): string {
  const [first] = cpus();
  return `${cpus().length} cores (${first?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}

export const rate = (perSecond: number) => perSecond.toFixed(perSecond < 100 ? 1 : 0);
export const ratio = (a: number, b: number | undefined) =>
  b === undefined || b === 0 ? "–" : `${(a / b).toFixed(2)}x`;
export const ms = (value: number) => `${value.toFixed(2)} ms`;
