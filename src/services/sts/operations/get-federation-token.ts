import { globalArn } from "../../../base/index.js";
import type { Check } from "../../../identity/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { accessDenied } from "../errors.js";
import { operation } from "../ports.js";
import { packedSize, parseScope } from "../session-scope.js";

const DEFAULT_SECONDS = 12 * 3600;

/** Credentials for somebody whom a user vouches for: at most what the session policies allow of what the user may. */
export const getFederationToken = operation("GetFederationToken", {
  readOnly: true,
  checks: (ctx, input) => {
    const { account } = ctx.caller;
    const resource = globalArn("sts", account, `federated-user/${input.Name}`);
    const tags = input.Tags ?? [];
    const values = new Map<string, string | string[]>(
      tags.map(({ Key = "", Value = "" }) => [`aws:requesttag/${Key.toLowerCase()}`, Value]),
    );
    if (tags.length > 0)
      values.set(
        "aws:tagkeys",
        tags.map(({ Key = "" }) => Key),
      );
    const check = (action: string): Check => ({ action, resource, side: { kind: "none", account }, values });
    return [check("sts:GetFederationToken"), ...(tags.length === 0 ? [] : [check("sts:TagSession")])];
  },
  run: async (ctx, input, _ok, { identity, database }) => {
    const { principal, account, session } = ctx.caller;
    if (session !== undefined || principal.kind !== "user" || principal.uniqueId === undefined)
      throw accessDenied("Cannot call GetFederationToken with session credentials");
    const scope = await database.read((tx) => parseScope(tx, account, input));
    const size = packedSize(scope);
    const of = { kind: "federated", id: principal.uniqueId, name: input.Name } as const;
    const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
    const credentials = identity.startSession({ account, of, chained: false, scope }, seconds);
    return {
      Credentials: showCredentials(credentials),
      FederatedUser: {
        FederatedUserId: `${account}:${input.Name}`,
        Arn: globalArn("sts", account, `federated-user/${input.Name}`),
      },
      PackedPolicySize: size ?? 0,
    };
  },
  audit: {
    response: ({ Credentials, FederatedUser }) => ({
      credentials: recordedCredentials(Credentials),
      federatedUser: { federatedUserId: FederatedUser?.FederatedUserId, arn: FederatedUser?.Arn },
    }),
  },
});
