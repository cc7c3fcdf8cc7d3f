import type { SqlValue } from "./database.js";

/** The part of the SQLite driver that we use. The only file that knows which package it is. */
export interface Driver {
  readonly inTransaction: boolean;
  prepare(sql: string): DriverStatement;
  exec(sql: string): void;
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
  key(bytes: Buffer): number;
  close(): void;
}

export interface DriverStatement {
  run(...values: SqlValue[]): { readonly changes: number };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
  /** From then on rows are arrays of their columns. */
  raw(): DriverStatement;
}

export type OpenDriver = (path: string, options: { readonly timeout: number }) => Driver;

/** Two releases of one driver: the newer has binaries for Node 22 and later only. Their API is the same. */
export async function loadDriver(): Promise<OpenDriver> {
  const major = Number(process.versions.node.split(".")[0]);
  const name = major >= 22 ? "better-sqlite3-multiple-ciphers" : "sqlite-node20";
  const loaded: { default: new (path: string, options: { readonly timeout: number }) => Driver } = await import(name);
  return (path, options) => new loaded.default(path, options);
}
