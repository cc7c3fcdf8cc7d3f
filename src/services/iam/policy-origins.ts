import { directory, findDefaultDocument, type HolderKind } from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import type { SourcedPrincipal } from "./policy-sources.js";

const TYPES = { user: "USER", role: "ROLE", group: "GROUP" } as const;

/** The policies of a user (those of the groups too), role or group, as ListPoliciesGrantingServiceAccess names them. */
export async function namedSources(tx: ReadTx, { kind, entity }: SourcedPrincipal) {
  const own = await hanging(tx, kind, entity);
  if (kind !== "user") return own;
  for (const group of await directory.groupsOf(tx, entity.id)) own.push(...(await hanging(tx, "group", group)));
  return own;
}

async function hanging(tx: ReadTx, kind: HolderKind, { account, id, name }: SourcedPrincipal["entity"]) {
  const holder = { kind, account, id };
  const sources = (await directory.inlinePolicies(tx, holder)).map((policy) => ({
    text: policy.document,
    shown: {
      PolicyName: policy.name,
      PolicyType: "INLINE" as "INLINE" | "MANAGED", // both stand in one list
      EntityType: TYPES[kind],
      EntityName: name,
      PolicyArn: undefined as string | undefined, // inline policies have none
    },
  }));
  for (const { arn, name: PolicyName } of await directory.attached(tx, holder)) {
    const text = await findDefaultDocument(tx, arn);
    const shown = {
      PolicyName,
      PolicyType: "MANAGED",
      EntityType: TYPES[kind],
      EntityName: name,
      PolicyArn: arn,
    } as const;
    if (text !== undefined) sources.push({ text, shown });
  }
  return sources;
}
