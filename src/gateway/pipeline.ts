import { type Audit, copiesForOwners, type TrailRecord } from "../audit/index.js";
import { AwsError, BrokenNeed, type Clock, describeThrown, type Ids, type Log, type Region } from "../base/index.js";
import { authorize, type CallContext, Denied, type LastUses, serviceUseId } from "../identity/index.js";
import { KeyStoreError } from "../keystore/index.js";
import type { AnyOperation, RequestContext, Service } from "../kit/index.js";
import { StoreAway, StoreFull } from "../store/index.js";
import { type FormData, formAsPut, headOfSignedUrl, type Routed, type Wire } from "../wire/index.js";
import { answeredOf } from "./answered.js";
import type { Authenticate, Authenticated } from "./authenticate.js";
import { incompleteBody, readWhole } from "./body.js";
import { type Exchange, tlsSocketOf } from "./exchange.js";
import { KeptRecords } from "./kept-records.js";
import { type Outcome, trailRecord } from "./record.js";
import { send } from "./respond.js";

/** What the gateway stands on. `app/` builds it. */
export interface GatewayPorts {
  readonly wire: Wire;
  readonly authenticate: Authenticate;
  readonly audit: Audit;
  /** Told of every request with a good signature. */
  readonly uses: LastUses;
  /** The services that are written, by their model's id. */
  readonly services: ReadonlyMap<string, Service>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly defaultRegion: Region;
}

/** The request path, in the order in which it is promised (design, section 4). */
export async function serve(ports: GatewayPorts, exchange: Exchange): Promise<void> {
  try {
    recognise(ports, exchange);
    // Here and below, what is known already is not waited for: each wait costs every request.
    if (namesOperationInBody(ports, exchange)) {
      const body = readWhole(exchange);
      exchange.bytes = body instanceof Promise ? await body : body;
    }
    route(ports, exchange);
    if (exchange.head.headers["origin"] !== undefined) await answerOrigin(exchange);
    if (!streams(exchange) && exchange.bytes === undefined) {
      const body = readWhole(exchange);
      exchange.bytes = body instanceof Promise ? await body : body;
    }
    const authenticated = ports.authenticate(exchange, streams(exchange));
    admit(ports, exchange, authenticated instanceof Promise ? await authenticated : authenticated);
    await answer(ports, exchange);
  } catch (thrown) {
    await refuse(ports, exchange, thrown);
  }
  exchange.service?.answered?.(answeredOf(exchange, ports.clock.nowMs()));
}

function recognise(ports: GatewayPorts, exchange: Exchange): void {
  exchange.recognised = ports.wire.recognise(exchange.head);
  if (exchange.recognised === undefined)
    throw new AwsError("UnknownOperationException", "No service answers to this request.");
  if (exchange.recognised.service.protocol === "restXml") exchange.asked = headOfSignedUrl(exchange.head);
}

/** So do the query protocols. */
const namesOperationInBody = (ports: GatewayPorts, { recognised }: Exchange): boolean =>
  recognised !== undefined && ports.wire.routesByBody(recognised.service);

/** The signature covers a body that flows piece by piece; any other is read first. */
const streams = ({ routed }: Exchange): boolean => routed?.operation.streamingInput !== undefined;

function route(ports: GatewayPorts, exchange: Exchange): void {
  const { recognised } = exchange;
  if (recognised === undefined) return;
  exchange.routed = ports.wire.route(recognised, exchange.asked, exchange.bytes);
  exchange.service = ports.services.get(recognised.service.id);
}

/** Said with whatever is answered: without it a browser shows its page nothing, not even what went wrong. */
async function answerOrigin({ service, routed, head, response }: Exchange): Promise<void> {
  const { Bucket: bucket } = routed?.labels ?? {};
  const { origin } = head.headers;
  if (bucket === undefined || origin === undefined || service?.answerHeaders === undefined) return;
  const headers = await service.answerHeaders({ bucket, method: head.method, origin });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function admit(
  ports: GatewayPorts,
  exchange: Exchange,
  { caller, region, signatureVersion, signed, body, form }: Authenticated,
): void {
  exchange.caller = caller;
  exchange.region = region ?? ports.defaultRegion;
  exchange.signatureVersion = signatureVersion;
  exchange.signed = signed;
  exchange.body = body;
  if (form !== undefined) takeForm(exchange, form);
  noteUse(ports, exchange);
}

function takeForm(exchange: Exchange, form: FormData): void {
  const { head, key } = formAsPut(exchange.head, form);
  exchange.form = { fields: form.fields, head };
  if (exchange.routed) exchange.routed = { ...exchange.routed, labels: { ...exchange.routed.labels, Key: key } };
}

/** For GetAccessKeyLastUsed, RoleLastUsed and what each user and role last did at each service. A session's key lives too short to be asked about. */
function noteUse(ports: GatewayPorts, { caller, region, recognised, time }: Exchange): void {
  if (caller === undefined || region === undefined || recognised === undefined) return;
  const { principal, session, accessKeyId } = caller;
  const id = session === undefined ? accessKeyId : principal.kind === "assumed-role" ? principal.uniqueId : undefined;
  const use = { atMs: time.getTime(), service: recognised.service.signingName, region };
  if (id) ports.uses.note(id, use);
  // Somebody else's user does not speak for a federated one.
  if (principal.uniqueId !== undefined && principal.kind !== "federated-user")
    ports.uses.note(serviceUseId(principal.uniqueId, use.service), use);
}

async function answer(ports: GatewayPorts, exchange: Exchange): Promise<void> {
  const { routed, service } = exchange;
  const operation = routed && service?.operations.get(routed.operation.name);
  if (routed === undefined || service === undefined || operation === undefined) throw notImplemented(exchange);
  const eventId = ports.ids.uuid();
  let output: Record<string, unknown>;
  try {
    output = await perform(ports, exchange, service, operation, eventId);
  } catch (thrown) {
    const error = asAwsError(ports, exchange, thrown);
    await record(ports, exchange, service, operation, eventId, { error });
    throw error;
  }
  try {
    await record(ports, exchange, service, operation, eventId, { output });
  } catch (thrown) {
    await letGo(routed, output);
    throw thrown;
  }
  const flowing = write(ports, exchange, routed, output);
  if (flowing !== undefined) await flowing;
}

/** An answer that will not be sent holds its stream no longer. */
async function letGo(routed: Routed, output: Record<string, unknown>): Promise<void> {
  const body = output[routed.operation.streamingOutput ?? ""];
  if (typeof body === "object" && body !== null && "return" in body && typeof body.return === "function")
    await body.return();
}

/** decode · look up · authorize · run. A promise of the run's own where nothing else has to be waited for. */
function perform(
  ports: GatewayPorts,
  exchange: Exchange,
  service: Service,
  operation: AnyOperation,
  eventId: string,
): Promise<Record<string, unknown>> {
  const { routed } = exchange;
  if (routed === undefined) throw new BrokenNeed("an exchange is routed before it is performed");
  const input = ports.wire.decode(routed, exchange.form?.head ?? exchange.asked, exchange.bytes);
  exchange.input = input;
  const ctx = contextOf(ports, exchange, service, operation, eventId);
  const target = operation.target(ctx, input);
  if (target instanceof Promise) return target.then((found) => runAllowed(ctx, operation, input, found));
  return runAllowed(ctx, operation, input, target);
}

function runAllowed(
  ctx: RequestContext,
  operation: AnyOperation,
  input: Record<string, unknown>,
  target: unknown,
): Promise<Record<string, unknown>> {
  const checks = operation.checks(ctx, input, target);
  if (checks instanceof Promise)
    return checks.then((known) => operation.run(ctx, input, authorize(ctx, target, known)));
  return operation.run(ctx, input, authorize(ctx, target, checks));
}

function contextOf(
  ports: GatewayPorts,
  exchange: Exchange,
  service: Service,
  operation: AnyOperation,
  eventId: string,
): RequestContext {
  const { caller, region } = exchange;
  if (caller === undefined || region === undefined)
    throw new BrokenNeed("an exchange is authenticated before it is performed");
  const records = new KeptRecords(ports.audit, ports.clock);
  exchange.records = records;
  const commit: CallContext["commit"] = async (database, unit) => {
    const known = records.forCommit();
    const beside = known instanceof Promise ? await known : known;
    return ports.audit.commit(database, trailRecord(exchange, service, operation, eventId, {}), unit, beside);
  };
  return {
    caller,
    region,
    requestId: exchange.requestId,
    time: exchange.time,
    sourceIp: exchange.sourceIp,
    userAgent: exchange.userAgent,
    secureTransport: exchange.secure,
    signatureVersion: exchange.signatureVersion,
    signed: exchange.signed,
    tlsVersion: exchange.secure ? () => tlsSocketOf(exchange).getProtocol() ?? undefined : undefined,
    commit,
    records,
    clock: ports.clock,
    ids: ports.ids,
    log: ports.log,
    eventId,
    referer: exchange.head.headers["referer"],
    headers: (exchange.form?.head ?? exchange.asked).headers,
    method: exchange.head.method,
    host: exchange.head.headers["host"] ?? "localhost",
    body: exchange.body,
    bytes: exchange.bytes,
    form: exchange.form?.fields,
    notes: exchange.notes,
    alongside: (work) => void exchange.alongside.push(work),
  };
}

function record(
  ports: GatewayPorts,
  exchange: Exchange,
  service: Service,
  operation: AnyOperation,
  eventId: string,
  outcome: Outcome,
): Promise<unknown> {
  const { audit, ids } = ports;
  const [own, ...copies] = copiesForOwners(trailRecord(exchange, service, operation, eventId, outcome), () =>
    ids.uuid(),
  );
  if (own === undefined) throw new BrokenNeed("a call has a record of its own");
  const write = (beside: readonly TrailRecord[]): Promise<unknown> => {
    const written = audit.record(own, beside);
    if (copies.length === 0 && exchange.alongside.length === 0) return written;
    return Promise.all([written, ...copies.map((each) => audit.record(each)), ...exchange.alongside]);
  };
  const beside = exchange.records?.forEnd() ?? [];
  return beside instanceof Promise ? beside.then(write) : write(beside);
}

function write(
  ports: GatewayPorts,
  exchange: Exchange,
  routed: Routed,
  output: Record<string, unknown>,
): Promise<void> | undefined {
  const parts = ports.wire.encode(routed, output, exchange.requestId);
  exchange.answer = { parts, error: undefined, atMs: ports.clock.nowMs() };
  const wasCut = (thrown: unknown) => {
    exchange.wasCut = true;
    ports.log.error("answer-cut", { requestId: exchange.requestId, ...describeThrown(thrown) });
  };
  try {
    return send(exchange, parts)?.catch(wasCut);
  } catch (thrown) {
    wasCut(thrown);
    return undefined;
  }
}

/** Every way out that is not an answer. Nothing here throws: the connection is all that is left to lose. */
async function refuse(ports: GatewayPorts, exchange: Exchange, thrown: unknown): Promise<void> {
  try {
    const error = asAwsError(ports, exchange, thrown);
    if (exchange.response.headersSent) {
      exchange.wasCut = true;
      exchange.response.destroy();
      return;
    }
    const parts = ports.wire.encodeError(exchange.recognised?.service, error, exchange.requestId, exchange.head);
    exchange.answer = { parts, error, atMs: ports.clock.nowMs() };
    await send(exchange, parts);
  } catch (second) {
    ports.log.error("refusal-failed", { requestId: exchange.requestId, ...describeThrown(second) });
    exchange.response.destroy();
  }
}

function asAwsError(ports: GatewayPorts, exchange: Exchange, thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  if (thrown instanceof Denied)
    return exchange.service?.denied(thrown) ?? new AwsError("AccessDeniedException", "Access denied.");
  if (exchange.request.destroyed && !exchange.request.complete) return incompleteBody();
  ports.log.error("request-failed", {
    requestId: exchange.requestId,
    operation: exchange.routed?.operation.name,
    ...describeThrown(thrown),
  });
  return internalError(exchange, thrown);
}

/** Codes for our own failures, by service; the caller learns no more than that. */
const INTERNAL = new Map([
  ["kms", "KMSInternalException"],
  ["s3", "InternalError"],
  ["s3-control", "InternalError"],
  ["iam", "ServiceFailure"],
]);

/** Of a worker, or of the custodian that keeps the key material. */
const isDiskFull = (cause: unknown): boolean =>
  cause instanceof StoreFull || (cause instanceof KeyStoreError && cause.reason === "full");

function internalError(exchange: Exchange, cause: unknown): AwsError {
  if (isDiskFull(cause))
    return new AwsError("ServiceUnavailable", "The server's disk is full; nothing was stored.", {
      fault: "server",
      status: 503,
    });
  if (cause instanceof StoreAway)
    return new AwsError("ServiceUnavailable", "The store of the bodies does not answer. Please try again.", {
      fault: "server",
      status: 503,
    });
  const code = INTERNAL.get(exchange.recognised?.service.id ?? "") ?? "InternalFailure";
  return new AwsError(code, "We encountered an internal error. Please try again.", {
    fault: "server",
    status: 500,
    cause,
  });
}

function notImplemented(exchange: Exchange): AwsError {
  const { service, operation } = exchange.routed ?? {};
  const status = service?.protocol.startsWith("awsJson") ? 400 : 501;
  return new AwsError("NotImplemented", `Strongroom does not implement ${service?.id} ${operation?.name} yet.`, {
    status,
  });
}
