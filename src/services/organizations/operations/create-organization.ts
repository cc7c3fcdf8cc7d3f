import { type Organization, treeStore, wholeSeconds } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import type { ReadTx } from "../../../store/index.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about } from "../seat.js";
import { showOrganization } from "../shown.js";
import { audit } from "../trail.js";
import { newSuffix } from "../tree.js";

export const createOrganization = operation("CreateOrganization", {
  ...about("CreateOrganization"),
  audit,
  run: (ctx, input, _ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const { account } = ctx.caller;
      if ((await treeStore.member(tx, account)) !== undefined) throw errors.alreadyMember();
      const now = wholeSeconds(ctx.time);
      const organization: Organization = {
        id: `o-${newSuffix(ctx, 10)}`,
        management: account,
        featureSet: input.FeatureSet ?? "ALL",
        policyTypes: [],
        createdAt: now,
      };
      const root = await freeRootId(ctx, tx);
      await treeStore.putOrganization(tx, organization);
      const { id } = organization;
      await treeStore.insertNode(tx, { id: root, organization: id, name: "Root", tags: [], createdAt: now });
      const joined = { joinedMethod: "INVITED", joinedAt: now, tags: [] } as const;
      await treeStore.putMember(tx, { account, organization: id, parent: root, ...joined });
      return { Organization: await showOrganization(tx, organization) };
    }),
});

/** Four letters, as AWS's: so few that two organizations could meet. */
async function freeRootId(ctx: RequestContext, tx: ReadTx): Promise<string> {
  for (;;) {
    const id = `r-${newSuffix(ctx, 4)}`;
    if ((await treeStore.node(tx, id)) === undefined) return id;
  }
}
