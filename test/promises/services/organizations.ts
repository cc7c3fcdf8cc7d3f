import * as sdk from "@aws-sdk/client-organizations";
import type { Clients } from "../../harness/clients.js";
import { callHouse } from "../../harness/house-api.js";
import type { Server } from "../../harness/server.js";
import { awsOperations } from "../aws-operations.js";
import type { ServiceRow } from "../row.js";

const Tags = [{ Key: "a", Value: "b" }];

const document = (Sid: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid, Effect: "Deny", Action: "ec2:*", Resource: "*" }] });

export const organizations: ServiceRow = {
  id: "organizations",

  async plantCanaries({ root: { organizations: client } }, canaries) {
    const text = (field: string) => canaries.text(`organizations ${field}`);
    const ParentId = await newOrganization(client);
    const tags = (of: string) => [{ Key: text(`${of} tag key`), Value: text(`${of} tag value`) }];
    await client.send(
      new sdk.CreateOrganizationalUnitCommand({ ParentId, Name: text("unit name"), Tags: tags("unit") }),
    );
    await client.send(
      new sdk.CreateAccountCommand({
        AccountName: text("account name"),
        Email: "a@example.com",
        Tags: tags("account"),
      }),
    );
    await client.send(
      new sdk.CreatePolicyCommand({
        Name: text("policy name"),
        Description: text("policy description"),
        Type: "SERVICE_CONTROL_POLICY",
        Content: document(text("policy Sid")),
        Tags: tags("policy"),
      }),
    );
  },

  operations: awsOperations("organizations", sdk, (clients) => clients.organizations, {
    needNoPermission: {},
    forOthers: {
      AcceptHandshake: "the account that was invited accepts, not the one that asked",
      DeclineHandshake: "the account that was invited declines, not the one that asked",
    },
    async inputs({ server, root: { organizations: client } }) {
      const RootId = await newOrganization(client);
      const unit = await client.send(
        new sdk.CreateOrganizationalUnitCommand({ ParentId: RootId, Name: "victim", Tags }),
      );
      const OrganizationalUnitId = unit.OrganizationalUnit?.Id ?? "";
      const policy = { Description: "", Type: "SERVICE_CONTROL_POLICY", Content: document("Own") } as const;
      const { Policy } = await client.send(new sdk.CreatePolicyCommand({ ...policy, Name: "victim", Tags }));
      const asked = await client.send(
        new sdk.CreateAccountCommand({ AccountName: "victim", Email: "victim@example.com", Tags }),
      );
      const CreateAccountRequestId = asked.CreateAccountStatus?.Id ?? "";
      const status = await client.send(new sdk.DescribeCreateAccountStatusCommand({ CreateAccountRequestId }));
      const AccountId = status.CreateAccountStatus?.AccountId ?? "";
      const [guest, other] = [await newAccount(server, "guest"), await newAccount(server, "other")];
      const { Handshake } = await client.send(
        new sdk.InviteAccountToOrganizationCommand({ Target: { Type: "ACCOUNT", Id: guest } }),
      );
      return {
        members: {
          RootId,
          OrganizationalUnitId,
          AccountId,
          CreateAccountRequestId,
          ParentId: RootId,
          ChildId: AccountId,
          SourceParentId: RootId,
          DestinationParentId: OrganizationalUnitId,
          PolicyId: Policy?.PolicySummary?.Id,
          TargetId: OrganizationalUnitId,
          ResourceId: OrganizationalUnitId,
          HandshakeId: Handshake?.Id,
          PolicyType: "SERVICE_CONTROL_POLICY",
          Filter: "SERVICE_CONTROL_POLICY",
          Tags,
          TagKeys: ["a"],
        },
        operations: {
          CreateOrganizationalUnit: { Name: "fresh" },
          CreatePolicy: { ...policy, Name: "fresh" },
          CreateAccount: { AccountName: "fresh", Email: "fresh@example.com" },
          ListChildren: { ChildType: "ACCOUNT" },
          InviteAccountToOrganization: { Target: { Type: "ACCOUNT", Id: other } },
        },
      };
    },
  }),

  registers: async () => [],
  keyUses: [],
};

/** An account of the house that is in no organization. */
const newAccount = async (server: Server, name: string) =>
  String((await callHouse(server, server.credentials, "CreateAccount", { name }))["accountId"]);

/** Gives the id of its root, where service control policies are on. */
async function newOrganization(client: Clients["organizations"]): Promise<string> {
  await client.send(new sdk.CreateOrganizationCommand({ FeatureSet: "ALL" }));
  const { Roots } = await client.send(new sdk.ListRootsCommand({}));
  const RootId = Roots?.[0]?.Id ?? "";
  const types = Roots?.[0]?.PolicyTypes ?? [];
  if (!types.some(({ Type }) => Type === "SERVICE_CONTROL_POLICY"))
    await client.send(new sdk.EnablePolicyTypeCommand({ RootId, PolicyType: "SERVICE_CONTROL_POLICY" }));
  return RootId;
}
