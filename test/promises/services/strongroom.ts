import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { strongroomService } from "../../../src/services/strongroom/service.js";
import { clientsOf } from "../../harness/clients.js";
import { callHouse } from "../../harness/house-api.js";
import type { Credentials } from "../../harness/server.js";
import type { Register, ServiceRow } from "../row.js";

/** The house's own API. */
export const strongroom: ServiceRow = {
  id: "strongroom",

  async plantCanaries({ server, account }, canaries) {
    const text = (field: string) => canaries.text(`strongroom ${field}`);
    const call = (operation: string, input: object) => callHouse(server, server.credentials, operation, input);
    const made = await call("CreateAccount", { name: text("account name") });
    canaries.secret("strongroom secret of a new account", String(made["secretAccessKey"]));
    await call("Explain", {
      principalArn: `arn:aws:iam::${account}:root`,
      action: `s3:${text("action")}`,
      resource: `arn:aws:s3:::${text("resource")}`,
      context: { [text("context key")]: text("context value") },
    });
    await call(text("missing operation"), { [text("member")]: text("value") }).catch(() => {});
  },

  operations: {
    needNoPermission: {},
    // Its ports are used when an operation runs; here the operations are only counted.
    names: () => [...strongroomService({} as Parameters<typeof strongroomService>[0]).operations.keys()],
    inputs: async ({ account }) => ({
      members: {},
      operations: {
        AnchorTrail: {},
        CreateAccount: { name: "team" },
        Explain: { principalArn: `arn:aws:iam::${account}:root`, action: "s3:GetObject", resource: "*" },
        ReadTrail: { slot: "w0", filter: { account } },
      },
    }),
    sender:
      ({ server }, credentials) =>
      (name, input) =>
        callHouse(server, credentials, name, input),
  },

  registers: async () => [account()],
  keyUses: [],
};

/** The root credentials of an account that was made open it. */
function account(): Register {
  let last: { id: string; credentials: Credentials; value: string } | undefined;
  return {
    name: "strongroom account",
    isTold: true,
    write: async ({ server }, value) => {
      const made = await callHouse(server, server.credentials, "CreateAccount", { name: value.slice(0, 50) });
      const credentials = {
        accessKeyId: String(made["accessKeyId"]),
        secretAccessKey: String(made["secretAccessKey"]),
      };
      last = { id: String(made["accountId"]), credentials, value };
    },
    read: async ({ server }) => {
      if (last === undefined) return undefined;
      const { sts } = clientsOf(server, { credentials: last.credentials });
      const { Account } = await sts.send(new GetCallerIdentityCommand({}));
      return Account === last.id ? last.value : "another account's";
    },
  };
}
