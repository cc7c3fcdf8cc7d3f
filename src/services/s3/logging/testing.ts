import { AwsError, type Clock, type Ids, type Region } from "../../../base/index.js";
import { type Caller, Denied } from "../../../identity/index.js";
import { type Behalf, type InnerCalls, serviceCaller } from "../../../kit/index.js";
import { callOperation, testContext } from "../../../kit/testing.js";

/** Calls that S3 makes by itself, authorized like others; a role that is not in `roles` does not trust S3. */
export function testInnerCalls(ports: {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly roles: ReadonlyMap<string, Caller>;
}): InnerCalls {
  const actor = (service: string, behalf: Behalf, caller: Caller) => ({
    ...behalf,
    region: behalf.region as Region, // a bucket's
    service,
    caller,
  });
  return {
    asService: (name, behalf) => actor(name, behalf, serviceCaller(name, behalf.account)),
    async asRole(name, roleArn, _session, behalf) {
      const caller = ports.roles.get(roleArn);
      if (caller === undefined) throw new AwsError("AccessDenied", "not trusted", { status: 403 });
      const found = actor(name, behalf, caller);
      return { ...found, now: async () => found };
    },
    async perform(
      { caller, region, sourceArn, account, service },
      { denied },
      operation,
      input,
      { headers = {}, body } = {},
    ) {
      const { clock, ids } = ports;
      const parts = {
        caller,
        region,
        sourceArn,
        sourceAccount: account,
        headers,
        body,
        sourceIp: service,
        secureTransport: true,
      };
      try {
        return await callOperation(operation, testContext({ clock, ids, ...parts }), input);
      } catch (thrown) {
        throw thrown instanceof Denied ? denied(thrown) : thrown;
      }
    },
  };
}
