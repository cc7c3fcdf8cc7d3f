import type { ReadTx, WriteTx } from "../../store/index.js";
import type { AccountRequest, Handshake } from "./records.js";

interface BodyRow {
  readonly body: string;
}

const requestOf = (row: BodyRow) => JSON.parse(row.body) as AccountRequest; // written by this file alone
const handshakeOf = (row: BodyRow) => JSON.parse(row.body) as Handshake; // written by this file alone

/** Accounts that were asked for, and accounts that were invited. */
export const requestsStore = {
  async accountRequest(tx: ReadTx, id: string): Promise<AccountRequest | undefined> {
    const row = await tx.get<BodyRow>("SELECT body FROM org_account_requests WHERE id = ?", id);
    return row && requestOf(row);
  },

  async accountRequests(tx: ReadTx, organization: string, after: string, limit: number): Promise<AccountRequest[]> {
    const sql = "SELECT body FROM org_account_requests WHERE organization = ? AND id > ? ORDER BY id LIMIT ?";
    return (await tx.all<BodyRow>(sql, organization, after, limit)).map(requestOf);
  },

  async insertAccountRequest(tx: WriteTx, request: AccountRequest) {
    const sql = "INSERT INTO org_account_requests (id, organization, body) VALUES (?, ?, ?)";
    await tx.run(sql, request.id, request.organization, JSON.stringify(request));
  },

  async handshake(tx: ReadTx, id: string): Promise<Handshake | undefined> {
    const row = await tx.get<BodyRow>("SELECT body FROM org_handshakes WHERE id = ?", id);
    return row && handshakeOf(row);
  },

  /** Those of one organization, or those to one account. */
  async handshakes(
    tx: ReadTx,
    by: "organization" | "account",
    of: string,
    after: string,
    limit: number,
  ): Promise<Handshake[]> {
    const sql = `SELECT body FROM org_handshakes WHERE ${by} = ? AND id > ? ORDER BY id LIMIT ?`;
    return (await tx.all<BodyRow>(sql, of, after, limit)).map(handshakeOf);
  },

  async putHandshake(tx: WriteTx, handshake: Handshake) {
    await tx.run(
      `INSERT INTO org_handshakes (id, organization, account, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      handshake.id,
      handshake.organization,
      handshake.account,
      JSON.stringify(handshake),
    );
  },
};
