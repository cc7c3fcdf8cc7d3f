import type { Audit, TrailRecord } from "../audit/index.js";
import { AwsError, type Clock, type Ids, isAwsError, isoSeconds, type Log, type Region } from "../base/index.js";
import { authorize, Denied, type Identity } from "../identity/index.js";
import {
  type Actor,
  type AnyOperation,
  type AuditNotes,
  type Behalf,
  type InnerCalls,
  type RequestContext,
  type Service,
  serviceCaller,
} from "../kit/index.js";

interface Ports {
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly identity: Identity;
  readonly sts: Service;
}

/** Calls that services make by themselves: what the pipeline does for a client's, without a client. */
export function innerCalls(ports: Ports): InnerCalls {
  const perform: InnerCalls["perform"] = async (actor, service, operation, input, request = {}) => {
    const told = (ctx: RequestContext, error?: unknown) =>
      recordOf(ports, actor, service, operation, { ctx, input, error });
    const ctx: RequestContext = {
      ...(await innerContext(ports, actor, request.headers)),
      body: request.body,
      commit: (database, unit) => ports.audit.commit(database, told(ctx), unit),
    };
    let output: Record<string, unknown>;
    try {
      output = await operation.run(ctx, input, await allowed(service, ctx, operation, input));
    } catch (thrown) {
      await ports.audit.record(told(ctx, thrown));
      throw thrown;
    }
    await ports.audit.record(told(ctx));
    return output;
  };

  return {
    asService,
    perform,
    async asRole(name, roleArn, session, behalf) {
      const { sts } = ports;
      const operation = operationOf(sts, "AssumeRole");
      const input = { RoleArn: roleArn, RoleSessionName: session };
      const { Credentials } = (await perform(asService(name, behalf), sts, operation, input)) as unknown as AssumedRole; // what AssumeRole answers
      const { AccessKeyId, SessionToken } = Credentials;
      const now = async (): Promise<Actor> => {
        const answer = await ports.identity.callerOf(AccessKeyId, SessionToken);
        if (!answer.found) throw new AwsError("AccessDenied", "The role cannot be used.", { status: 403 });
        return { ...actorOf(name, behalf), caller: answer.caller };
      };
      return { ...(await now()), now };
    },
  };
}

interface AssumedRole {
  readonly Credentials: { readonly AccessKeyId: string; readonly SessionToken: string };
}

export function operationOf(service: Service, name: string): AnyOperation {
  const operation = service.operations.get(name);
  if (operation === undefined) throw new Error(`${service.id} has ${name}`);
  return operation;
}

/** Look up and authorize, as the pipeline does; a refusal in the service's words. */
export async function allowed(
  service: Pick<Service, "denied">,
  ctx: RequestContext,
  operation: AnyOperation,
  input: object,
) {
  try {
    const target = await operation.target(ctx, input);
    return authorize(ctx, target, await operation.checks(ctx, input, target));
  } catch (thrown) {
    throw thrown instanceof Denied ? service.denied(thrown) : thrown;
  }
}

/** Without a record: its `commit` is for who asks only. */
export async function innerContext(
  { clock, ids, log, identity }: Pick<Ports, "clock" | "ids" | "log" | "identity">,
  actor: Actor,
  headers: Readonly<Record<string, string>> = {},
): Promise<RequestContext> {
  // Whose resources a service asks for may be in an organization.
  const organizations = actor.caller.organizations ?? (await identity.organizations());
  return {
    caller: { ...actor.caller, organizations },
    region: actor.region,
    requestId: ids.uuid(),
    time: clock.now(),
    sourceIp: actor.service,
    userAgent: actor.service,
    secureTransport: true, // it never leaves the process
    signatureVersion: "AWS4-HMAC-SHA256",
    sourceArn: actor.sourceArn,
    sourceAccount: actor.account,
    commit: (database, unit) => database.write(unit),
    clock,
    ids,
    log,
    eventId: ids.uuid(),
    headers,
    host: "localhost",
    body: undefined,
    bytes: undefined,
    notes: { resources: [], additionalEventData: {} },
  };
}

export const asService = (name: string, behalf: Behalf): Actor => ({
  ...actorOf(name, behalf),
  caller: serviceCaller(name, behalf.account),
});

const actorOf = (service: string, { account, region, sourceArn }: Behalf) => ({
  service,
  account,
  region: region as Region, // a trail's or a bucket's
  sourceArn,
});

interface Told {
  readonly ctx: { readonly notes: AuditNotes; readonly eventId: string; readonly requestId: string };
  readonly input: object;
  readonly error?: unknown;
}

function recordOf(
  { clock }: Ports,
  actor: Actor,
  { eventSource }: Pick<Service, "eventSource">,
  operation: AnyOperation,
  { ctx, input, error }: Told,
): TrailRecord {
  const { notes, eventId, requestId } = ctx;
  return {
    eventVersion: "1.11",
    userIdentity: { ...actor.caller.userIdentity, invokedBy: actor.service },
    eventTime: isoSeconds(clock.now()),
    eventSource,
    eventName: operation.name,
    awsRegion: actor.region,
    sourceIPAddress: actor.service,
    userAgent: actor.service,
    ...(isAwsError(error) ? { errorCode: error.code, errorMessage: error.message.slice(0, 1024) } : {}),
    ...(error !== undefined && !isAwsError(error) ? { errorCode: "InternalError" } : {}),
    requestParameters: operation.auditRequest(input),
    responseElements: null,
    ...(Object.keys(notes.additionalEventData).length === 0 ? {} : { additionalEventData: notes.additionalEventData }),
    requestID: requestId,
    eventID: eventId,
    readOnly: operation.readOnly,
    ...(notes.resources.length === 0 ? {} : { resources: notes.resources }),
    eventType: "AwsApiCall",
    managementEvent: operation.category === "Management",
    recipientAccountId: actor.account,
    eventCategory: operation.category,
  };
}
