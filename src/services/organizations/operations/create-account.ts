import type { AccountId } from "../../../base/index.js";
import {
  type AccountRequest,
  directory,
  type Organization,
  requestsStore,
  type Tag,
  treeStore,
  wholeSeconds,
} from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import type { WriteTx } from "../../../store/index.js";
import { accessRole } from "../access-role.js";
import { accountArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { about, changing } from "../seat.js";
import { showRequest } from "../shown.js";
import { parseTags } from "../tags.js";
import { audit } from "../trail.js";
import { attachFullAccess, rootOf } from "../tree.js";

const ROLE = "OrganizationAccountAccessRole";

/**
 * The account is made in the call, whole; AWS takes minutes, so the answer says what AWS's says and
 * DescribeCreateAccountStatus tells the rest. Its root has no key: the way in is the role.
 */
export const createAccount = operation("CreateAccount", {
  ...about("CreateAccount", (organization) => [accountArn(organization, "*")]),
  audit,
  run: async (ctx, input, _ok, ports) => {
    const tags = parseTags(input.Tags);
    const request = await changing(ctx, ports, async (tx, organization) => {
      if ((await treeStore.countMembers(tx, organization.id)) >= QUOTAS.accounts)
        throw errors.constraint(
          "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
          "You have exceeded the allowed number of AWS accounts in your organization.",
        );
      const asked = {
        id: `car-${ctx.ids.hex(32)}`,
        organization: organization.id,
        name: input.AccountName,
        requestedMs: wholeSeconds(ctx.time).getTime(),
      };
      const isTaken = (await directory.accountByEmail(tx, input.Email)) !== undefined;
      const made: AccountRequest = isTaken
        ? { ...asked, state: "FAILED", failure: "EMAIL_ALREADY_EXISTS" }
        : { ...asked, state: "SUCCEEDED", account: await make(ctx, tx, organization, { ...input, tags }) };
      await requestsStore.insertAccountRequest(tx, made);
      return made;
    });
    const { Id, AccountName, RequestedTimestamp } = showRequest(request);
    return { CreateAccountStatus: { Id, AccountName, RequestedTimestamp, State: "IN_PROGRESS" as const } };
  },
});

interface Wanted {
  readonly AccountName: string;
  readonly Email: string;
  readonly RoleName?: string | undefined;
  readonly tags: readonly Tag[];
}

async function make(ctx: RequestContext, tx: WriteTx, organization: Organization, wanted: Wanted): Promise<AccountId> {
  const id = ctx.ids.accountId();
  const now = wholeSeconds(ctx.time);
  await directory.insertAccount(tx, { id, name: wanted.AccountName, email: wanted.Email, createdAt: now });
  await accessRole(ctx, tx, { account: id, name: wanted.RoleName ?? ROLE, management: organization.management });
  const { id: parent } = await rootOf(tx, organization);
  const joined = { joinedMethod: "CREATED", joinedAt: now, tags: wanted.tags } as const;
  await treeStore.putMember(tx, { account: id, organization: organization.id, parent, ...joined });
  await attachFullAccess(tx, organization, id);
  return id;
}
