import type { AccountId } from "../../base/index.js";
import type { CallContext } from "../../identity/index.js";
import type { Database } from "../../store/index.js";
import { type PublicAccessBlock, parseBlock, storedBlock } from "./access-block.js";
import { ACCOUNT_ACCESS_BLOCK, accountSetting, putAccountSetting } from "./store/index.js";

/** The access block that a whole account has: every decision about one of its buckets asks it too. */
export interface AccountBlocks {
  find(account: AccountId): Promise<PublicAccessBlock | undefined>;
  /** What the block leaves out is off. Undefined takes it away. */
  put(ctx: CallContext, account: AccountId, block: Partial<PublicAccessBlock> | undefined): Promise<void>;
}

export const accountBlocks = (database: Database): AccountBlocks => ({
  find: async (account) => storedBlock(await database.read((tx) => accountSetting(tx, account, ACCOUNT_ACCESS_BLOCK))),
  put: (ctx, account, block) =>
    ctx.commit(database, (tx) =>
      putAccountSetting(tx, account, ACCOUNT_ACCESS_BLOCK, block && JSON.stringify(parseBlock(block))),
    ),
});
