import { type AccountId, globalArn } from "../../base/index.js";
import type { SqlValue } from "../../store/index.js";
import { type Tag, UniqueNameTaken } from "../directory.js";

/** Lists that no caller pages through are short by quota; this only keeps a broken quota from filling memory. */
export const MOST_ROWS = 10_000;

export interface EntityRow {
  readonly id: string;
  readonly account: AccountId;
  readonly name: string;
  readonly path: string;
  readonly created_at: number;
}

export interface TaggedRow extends EntityRow {
  readonly tags: string;
  readonly boundary_arn: string | null;
}

export const nameKey = (name: string) => name.toLowerCase();

export const entityArn = (kind: string, row: { account: AccountId; path: string; name: string }) =>
  globalArn("iam", row.account, `${kind}${row.path}${row.name}`);

export const entityOf = (kind: string, row: EntityRow) => ({
  account: row.account,
  id: row.id,
  name: row.name,
  path: row.path,
  arn: entityArn(kind, row),
  createdAt: new Date(row.created_at),
});

export const taggedOf = (kind: string, row: TaggedRow) => ({
  ...entityOf(kind, row),
  tags: tagsOf(row.tags),
  ...optional("boundaryArn", row.boundary_arn),
});

/** Written by this room alone, so its shape is known. */
export const tagsOf = (text: string) => JSON.parse(text) as Tag[];

/** A member that is left out where the column is null. */
export function optional<Name extends string>(name: Name, value: string | null): { [K in Name]?: string } {
  return (value === null ? {} : { [name]: value }) as { [K in Name]?: string }; // a computed name widens to string
}

export const orNull = (value: string | undefined): SqlValue => value ?? null;

export function mustChange(outcome: { readonly changes: number }): void {
  if (outcome.changes === 0) throw new UniqueNameTaken();
}
