import { CreateAliasCommand, CreateGrantCommand, CreateKeyCommand, EncryptCommand } from "@aws-sdk/client-kms";
import { clientsOf } from "../harness/clients.js";
import { callHouse } from "../harness/house-api.js";
import { errorOf } from "../harness/people.js";
import type { Credentials, Server } from "../harness/server.js";
import { type Caller, Callers } from "./callers.js";
import type { AuthorityCase, ConditionCase } from "./cases.js";
import { conditionPolicies, grantShapes, keyPolicy, type Names, type Statement } from "./statements.js";

// The same cases on the server: real accounts, people, sessions, keys and grants, and the official client.

export class LiveWorld {
  readonly #server: Server;
  readonly #callers: Callers;
  #aliases = 0;

  private constructor(server: Server, callers: Callers) {
    this.#server = server;
    this.#callers = callers;
  }

  static async make(server: Server): Promise<LiveWorld> {
    const made = await callHouse(server, server.credentials, "CreateAccount", { name: "matrix" });
    const foreign: Credentials = {
      accessKeyId: String(made["accessKeyId"]),
      secretAccessKey: String(made["secretAccessKey"]),
    };
    return new LiveWorld(server, await Callers.make(server, foreign, String(made["accountId"])));
  }

  async authority(each: AuthorityCase): Promise<string> {
    const caller = await this.#callers.of(each);
    const names = this.#callers.namesFor(caller);
    const arn = await this.#key(keyPolicy(each, names));
    for (const { grantee, operation, contextEquals, contextSubset, sourceArn } of grantShapes(each)) {
      await this.#callers.warden.kms.send(
        new CreateGrantCommand({
          KeyId: arn,
          GranteePrincipal: grantee(names),
          Operations: [operation === "Decrypt" ? "Decrypt" : "Encrypt"],
          Constraints: {
            ...(contextEquals && { EncryptionContextEquals: contextEquals }),
            ...(contextSubset && { EncryptionContextSubset: contextSubset }),
            ...(sourceArn && { SourceArn: sourceArn }),
          },
        }),
      );
    }
    return this.#encrypt(caller, arn, each.context);
  }

  async condition(each: ConditionCase): Promise<string> {
    this.#aliases += 1;
    const alias = `alias/matrix-${this.#aliases}`;
    // The user needs a name and a tag before the policy that speaks of them can be written.
    const names: Names = this.#callers.namesFor(await this.#callers.alice([]));
    const policies = conditionPolicies(each, names, alias);
    const alice = await this.#callers.alice(policies.identity);
    const arn = await this.#key(policies.key);
    await this.#callers.warden.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: arn }));
    const keyId = each.by === "alias" ? alias : each.by === "alias ARN" ? arn.replace(/key\/.*/, alias) : arn;
    return this.#encrypt(alice, keyId, each.context);
  }

  /** A key under exactly this policy, even if nobody could change it again. */
  async #key(statements: readonly Statement[]): Promise<string> {
    const { KeyMetadata } = await this.#callers.root.kms.send(
      new CreateKeyCommand({
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
        BypassPolicyLockoutSafetyCheck: true,
        Tags: [{ TagKey: "Team", TagValue: "blue" }],
      }),
    );
    return KeyMetadata?.Arn ?? "";
  }

  /** What the case expects, as the client sees it: that it is allowed, or the layer and the way of the refusal. */
  async #encrypt(caller: Caller, keyId: string, context: Readonly<Record<string, string>> | undefined) {
    const { kms } = clientsOf(this.#server, { credentials: caller.credentials });
    const call = kms.send(
      new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from("x"), ...(context && { EncryptionContext: context }) }),
    );
    const error = await errorOf(call);
    if (error === undefined) return "allowed";
    if (error.name !== "AccessDeniedException") return `${error.name}: ${error.message}`;
    return refusal(error.message, caller.arn, keyId);
  }
}

/** Says nothing unless the message is word for word what AWS writes (kms 5.9). */
function refusal(message: string, caller: string, keyId: string): string {
  const start = `User: ${caller} is not authorized to perform: kms:Encrypt on resource: `;
  const resource = message.slice(start.length).split(" ")[0] ?? "";
  const isRight = message.startsWith(start) && (resource === keyId || !keyId.includes(":key/"));
  const reason = message.slice(start.length + resource.length + 1);
  const silent = /^because no (.+) allows the kms:Encrypt action$/.exec(reason)?.[1];
  const denied = /^with an explicit deny in an? (.+)$/.exec(reason)?.[1];
  if (isRight && silent !== undefined)
    return `no ${silent.replace("resource-based policies", "resource-based policy")}`;
  return isRight && denied !== undefined ? `explicit deny in ${denied}` : `unexpected text: ${message}`;
}
