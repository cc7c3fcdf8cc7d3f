import type { ReadTx, WriteTx } from "../../../store/index.js";
import type { Acl } from "../acl.js";

/** Beside a body, whose id the list goes by; an upload's id is its object's body's. Without a row: the bucket owner's alone. */
export async function putObjectAcl(tx: WriteTx, bodyId: string, acl: Acl): Promise<void> {
  await tx.run(
    `INSERT INTO object_acls (body_id, owner, grants) VALUES (?, ?, ?)
     ON CONFLICT (body_id) DO UPDATE SET owner = excluded.owner, grants = excluded.grants`,
    bodyId,
    acl.owner,
    JSON.stringify(acl.grants),
  );
}

export async function selectObjectAcl(tx: ReadTx, bodyId: string): Promise<Acl | undefined> {
  const row = await tx.get<{ owner: string; grants: string }>(
    "SELECT owner, grants FROM object_acls WHERE body_id = ?",
    bodyId,
  );
  return row && { owner: row.owner, grants: JSON.parse(row.grants) as Acl["grants"] }; // written by putObjectAcl
}

export async function deleteObjectAcl(tx: WriteTx, bodyId: string): Promise<void> {
  await tx.run("DELETE FROM object_acls WHERE body_id = ?", bodyId);
}
