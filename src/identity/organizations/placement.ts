import type { NamedPolicy } from "../../policy/index.js";
import type { ReadTx } from "../../store/index.js";
import { named } from "../compiled.js";
import { FULL_ACCESS } from "./aws-policies.js";
import { policyStore } from "./policy-store.js";
import type { Member, Organization, OrganizationPolicyType } from "./records.js";
import { MOST_ROWS, organizationsEpoch, treeStore } from "./tree-store.js";

/** Where an account stands in its organization, and what the organization says there. */
export interface Placement {
  readonly organization: string;
  /** `o-1/r-1/ou-1/`: what `aws:PrincipalOrgPaths` holds. */
  readonly path: string;
  /** Root to account, what hangs on each. Absent for the management account, and where the kind is not enabled. */
  readonly serviceControl?: readonly (readonly NamedPolicy[])[];
  /** All that can deny: the allowing one hangs everywhere. */
  readonly resourceControl?: readonly NamedPolicy[];
}

/** All organizations of the house as they were at one moment. */
export interface Organizations {
  /** Undefined for accounts that are in none. */
  of(account: string): Placement | undefined;
}

export const NO_ORGANIZATIONS: Organizations = { of: () => undefined };

/** Reads the organizations once a change, however many callers are looked up in between. */
export class OrganizationsReader {
  #epoch = 0; // nothing was ever written, so there is no organization
  #known = NO_ORGANIZATIONS;

  async read(tx: ReadTx): Promise<Organizations> {
    const epoch = await organizationsEpoch(tx);
    if (epoch === this.#epoch) return this.#known;
    const loaded = await loadOrganizations(tx);
    [this.#epoch, this.#known] = [epoch, loaded];
    return loaded;
  }
}

async function loadOrganizations(tx: ReadTx): Promise<Organizations> {
  const placements = new Map<string, () => Placement>();
  for (const organization of await treeStore.organizations(tx)) {
    const placementOf = await placer(tx, organization);
    for (const member of await treeStore.members(tx, organization.id, "", MOST_ROWS)) {
      let placed: Placement | undefined;
      placements.set(member.account, () => {
        placed ??= placementOf(member);
        return placed;
      });
    }
  }
  return { of: (account) => placements.get(account)?.() };
}

async function placer(tx: ReadTx, organization: Organization): Promise<(member: Member) => Placement> {
  const parents = new Map((await treeStore.nodes(tx, organization.id)).map(({ id, parent }) => [id, parent]));
  const contents = await policyStore.contents(tx, organization.id);
  const hanging = new Map<string, NamedPolicy[]>();
  for (const { target, type, policy: id } of await policyStore.attachments(tx, organization.id)) {
    const own = contents.get(id);
    const key = `${type} ${target}`;
    const policy = own === undefined ? EVERYTHING : named(own.name, KINDS[type], own.content);
    hanging.set(key, [...(hanging.get(key) ?? []), policy]);
  }

  return ({ account, parent }) => {
    const nodes = chainOf(parent, parents);
    const path = `${[organization.id, ...nodes].join("/")}/`;
    if (account === organization.management) return { organization: organization.id, path };
    const levels = (type: OrganizationPolicyType) =>
      [...nodes, account].map((target) => hanging.get(`${type} ${target}`) ?? []);
    const has = (type: OrganizationPolicyType) => organization.policyTypes.includes(type);
    return {
      organization: organization.id,
      path,
      ...(has("SERVICE_CONTROL_POLICY") && { serviceControl: levels("SERVICE_CONTROL_POLICY") }),
      ...(has("RESOURCE_CONTROL_POLICY") && { resourceControl: levels("RESOURCE_CONTROL_POLICY").flat() }),
    };
  };
}

const KINDS = { SERVICE_CONTROL_POLICY: "service-control", RESOURCE_CONTROL_POLICY: "resource-control" } as const;

/** What AWS's own policies say, services included, whom no `Principal` of an Allow names. */
const FULL = FULL_ACCESS.SERVICE_CONTROL_POLICY;
const EVERYTHING = named(FULL.name, "service-control", FULL.content);

/** Root first. */
function chainOf(node: string, parents: ReadonlyMap<string, string | undefined>): string[] {
  const chain: string[] = [];
  for (let at: string | undefined = node; at !== undefined; at = parents.get(at)) chain.unshift(at);
  return chain;
}
