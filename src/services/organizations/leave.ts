import { type Member, type Organization, policyStore, treeStore } from "../../identity/index.js";
import type { WriteTx } from "../../store/index.js";
import { errors } from "./errors.js";

/** The account stands alone from here on: nothing of the organization limits it. Its role for the former stays. */
export async function leave(tx: WriteTx, { management }: Organization, { account }: Member): Promise<void> {
  if (account === management) throw errors.managementCannotLeave();
  await policyStore.detachAll(tx, account);
  await treeStore.deleteMember(tx, account);
}
