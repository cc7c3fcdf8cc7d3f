import { type AccountId, isAwsError, type ManualClock } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../identity/testing.js";
import type { NamesOf, OutputOf, RequestContext } from "../../kit/index.js";
import { callOperation, rootCaller, testContext, userCaller } from "../../kit/testing.js";
import { organizationsService } from "./service.js";

export { HOUSE_ACCOUNT, SECOND_ACCOUNT };

type Client = typeof import("@aws-sdk/client-organizations");
type Input = Readonly<Record<string, unknown>>;

/** Organizations over a real directory with two accounts, of which the first manages an organization. */
export interface Company {
  readonly house: TestHouse;
  readonly clock: ManualClock;
  readonly organization: string;
  readonly root: string;
  /** As the root user of the management account, or of another. */
  call<Name extends NamesOf<Client>>(
    name: Name,
    input?: Input,
    account?: string,
    parts?: Partial<RequestContext>,
  ): Promise<OutputOf<Client, Name>>;
  /** The error's code, and its reason where it has one. */
  refused(name: NamesOf<Client>, input?: Input, account?: string): Promise<string>;
  /** Whether somebody with this policy alone is let through to the operation. */
  isAllowed(name: NamesOf<Client>, input: Input, Resource: string, Condition?: object): Promise<boolean>;
  unit(name: string, parent?: string): Promise<string>;
  /** The number of a new account. */
  account(name: string): Promise<string>;
  /** The id of a new policy that denies this. */
  denying(action: string): Promise<string>;
  close(): Promise<void>;
}

export const ALLOW_ALL = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

export const deny = (Action: string, more: object = {}) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Deny", Action, Resource: "*", ...more }] });

export async function openCompany(options: { readonly without?: boolean } = {}): Promise<Company> {
  const house = await openTestHouse();
  const service = organizationsService({ database: house.database });

  const call: Company["call"] = (name, input = {}, account = HOUSE_ACCOUNT, parts = {}) => {
    const operation = service.operations.get(name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    const { clock, ids } = house;
    const caller = rootCaller(account as AccountId); // the tests' own
    return callOperation(operation, testContext({ clock, ids, time: clock.now(), caller, ...parts }), input);
  };
  const made = options.without ? undefined : (await call("CreateOrganization")).Organization;
  const root = made && (await call("ListRoots")).Roots?.[0]?.Id;

  return {
    house,
    clock: house.clock,
    organization: made?.Id ?? "",
    root: root ?? "",
    call,
    async refused(name, input, account) {
      try {
        await call(name, input, account);
      } catch (thrown) {
        if (isAwsError(thrown)) return [thrown.code, thrown.fields["Reason"]].filter(Boolean).join(" ");
        throw thrown;
      }
      throw new Error(`${name} was not refused`);
    },
    async isAllowed(name, input, Resource, Condition) {
      const Statement = [
        { Effect: "Allow", Action: `organizations:${name}`, Resource, ...(Condition && { Condition }) },
      ];
      const caller = userCaller("alice", [{ Version: "2012-10-17", Statement }], HOUSE_ACCOUNT);
      try {
        await call(name, input, HOUSE_ACCOUNT, { caller });
      } catch (thrown) {
        if (thrown instanceof Denied) return false;
      }
      return true;
    },
    unit: async (Name, ParentId = root) =>
      (await call("CreateOrganizationalUnit", { ParentId, Name })).OrganizationalUnit?.Id ?? "",
    async account(name) {
      const asked = await call("CreateAccount", { AccountName: name, Email: `${name}@example.com` });
      const status = { CreateAccountRequestId: asked.CreateAccountStatus?.Id };
      return (await call("DescribeCreateAccountStatus", status)).CreateAccountStatus?.AccountId ?? "";
    },
    denying: async (action) =>
      (
        await call("CreatePolicy", {
          Name: `no ${action}`,
          Description: "",
          Type: "SERVICE_CONTROL_POLICY",
          Content: deny(action),
        })
      ).Policy?.PolicySummary?.Id ?? "",
    close: () => house.close(),
  };
}
