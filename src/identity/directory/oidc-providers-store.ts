import { type AccountId, globalArn } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { type Tag, UniqueNameTaken } from "../directory.js";
import { MOST_ROWS, tagsOf } from "./rows.js";

/** An OpenID Connect issuer whose tokens an account accepts. */
export interface OidcProvider {
  readonly account: AccountId;
  /** The issuer's URL without `https://`: condition keys and the ARN begin with it. */
  readonly hostPath: string;
  readonly arn: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: readonly Tag[];
  readonly createdAt: Date;
}

interface Row {
  readonly account: AccountId;
  readonly host_path: string;
  readonly client_ids: string;
  readonly thumbprints: string;
  readonly tags: string;
  readonly created_at: number;
}

export const oidcProviderArn = (account: AccountId, hostPath: string) =>
  globalArn("iam", account, `oidc-provider/${hostPath}`);

export const oidcProviders = {
  async find(tx: ReadTx, account: AccountId, hostPath: string): Promise<OidcProvider | undefined> {
    const row = await tx.get<Row>(
      "SELECT * FROM iam_oidc_providers WHERE account = ? AND host_path = ?",
      account,
      hostPath,
    );
    return row && providerOf(row);
  },

  /** In order of URL. */
  async list(tx: ReadTx, account: AccountId): Promise<OidcProvider[]> {
    const rows = await tx.all<Row>(
      "SELECT * FROM iam_oidc_providers WHERE account = ? ORDER BY host_path LIMIT ?",
      account,
      MOST_ROWS,
    );
    return rows.map(providerOf);
  },

  /** Throws UniqueNameTaken. */
  async insert(tx: WriteTx, provider: OidcProvider): Promise<void> {
    const outcome = await tx.run(
      `INSERT INTO iam_oidc_providers (account, host_path, client_ids, thumbprints, tags, created_at)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, host_path) DO NOTHING`,
      provider.account,
      provider.hostPath,
      JSON.stringify(provider.clientIds),
      JSON.stringify(provider.thumbprints),
      JSON.stringify(provider.tags),
      provider.createdAt.getTime(),
    );
    if (outcome.changes === 0) throw new UniqueNameTaken();
  },

  async update(tx: WriteTx, provider: OidcProvider): Promise<void> {
    await tx.run(
      "UPDATE iam_oidc_providers SET client_ids = ?, thumbprints = ?, tags = ? WHERE account = ? AND host_path = ?",
      JSON.stringify(provider.clientIds),
      JSON.stringify(provider.thumbprints),
      JSON.stringify(provider.tags),
      provider.account,
      provider.hostPath,
    );
  },

  /** Succeeds when there is none. */
  async delete(tx: WriteTx, account: AccountId, hostPath: string): Promise<void> {
    await tx.run("DELETE FROM iam_oidc_providers WHERE account = ? AND host_path = ?", account, hostPath);
  },
};

/** Lists and tags were written by this file alone, so their shape is known. */
const providerOf = (row: Row): OidcProvider => ({
  account: row.account,
  hostPath: row.host_path,
  arn: oidcProviderArn(row.account, row.host_path),
  clientIds: JSON.parse(row.client_ids) as string[],
  thumbprints: JSON.parse(row.thumbprints) as string[],
  tags: tagsOf(row.tags),
  createdAt: new Date(row.created_at),
});
