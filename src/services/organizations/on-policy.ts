import type { Check } from "../../identity/index.js";
import { findAwsPolicy, type Organization, type OrganizationPolicy, policyStore } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { policyArn, targetArn } from "./arns.js";
import type { OrganizationsPorts } from "./ports.js";
import { findSeat, questions, type Values } from "./seat.js";

interface Input {
  readonly PolicyId: string;
  /** What it is hung on or taken from. */
  readonly TargetId?: string;
}

interface Target {
  readonly organization: Organization;
  readonly policy: OrganizationPolicy | undefined;
}

/** `target` and `checks` of an operation on a policy: its ARN names its kind, which its id does not tell. */
export const aboutPolicy = (action: string) => ({
  target: async (ctx: RequestContext, { PolicyId }: Input, { database }: OrganizationsPorts) =>
    database.read(async (tx): Promise<Target | undefined> => {
      const seat = await findSeat(tx, ctx.caller.account);
      if (seat === undefined) return undefined;
      const { organization } = seat;
      const policy = findAwsPolicy(PolicyId) ?? (await policyStore.policy(tx, PolicyId));
      const isOurs = policy?.organization === "" || policy?.organization === organization.id;
      return { organization, policy: isOurs ? policy : undefined };
    }),

  checks: (ctx: RequestContext, { PolicyId, TargetId }: Input, target: Target | undefined): readonly Check[] => {
    if (target === undefined) return questions(ctx, action, ["*"], []);
    const { organization, policy } = target;
    const unknown = { id: PolicyId, type: "SERVICE_CONTROL_POLICY", organization: organization.id } as const;
    const resources = [
      policyArn(organization, policy ?? unknown),
      ...(TargetId === undefined ? [] : [targetArn(organization, TargetId)]),
    ];
    const values: Values = policy === undefined ? [] : [["organizations:policytype", policy.type], ...tagsOf(policy)];
    return questions(ctx, action, resources, values);
  },
});

const tagsOf = ({ tags }: OrganizationPolicy): Values =>
  tags.map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, value]);
