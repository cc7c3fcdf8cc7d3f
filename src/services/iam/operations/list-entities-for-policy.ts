import { directory, type Holder, type HolderKind } from "../../../identity/index.js";
import { pageOfList } from "../pages.js";
import { aboutPolicy, existingPolicy } from "../policies.js";
import { operation } from "../ports.js";

type NamedHolder = Holder & { readonly name: string };

const FILTERS: { readonly [filter: string]: HolderKind } = { User: "user", Role: "role", Group: "group" };

/** Whoever has the policy attached, or has it for a boundary, as the usage filter says; both without one. */
export const listEntitiesForPolicy = operation("ListEntitiesForPolicy", {
  ...aboutPolicy("iam:ListEntitiesForPolicy"),
  run: (ctx, input, ok, { database }) => {
    const { arn, id } = existingPolicy(ok.target);
    const { account } = ctx.caller;
    const { PolicyUsageFilter: usage, EntityFilter: filter } = input;
    return database.read(async (tx) => {
      const holders = new Map<string, NamedHolder>();
      const attached = usage === "PermissionsBoundary" ? [] : await directory.attachments(tx, account, arn);
      const bounded = usage === "PermissionsPolicy" ? [] : await directory.boundedBy(tx, account, arn);
      for (const holder of [...attached, ...bounded]) {
        if (filter === undefined || FILTERS[filter] === holder.kind) holders.set(holder.id, holder);
      }
      const key = ({ kind, name }: NamedHolder) => `${kind} ${name}`;
      const { items, end } = pageOfList(`entities:${id}`, [...holders.values()], input, key);
      const of = (kind: HolderKind) => items.filter((holder) => holder.kind === kind);
      return {
        PolicyGroups: of("group").map((holder) => ({ GroupName: holder.name, GroupId: holder.id })),
        PolicyUsers: of("user").map((holder) => ({ UserName: holder.name, UserId: holder.id })),
        PolicyRoles: of("role").map((holder) => ({ RoleName: holder.name, RoleId: holder.id })),
        ...end,
      };
    });
  },
});
