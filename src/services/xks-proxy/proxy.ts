import { type Audit, copiesForOwners } from "../../audit/index.js";
import { type Clock, describeThrown, type Ids, isRegion, type Log, parseArn, type Region } from "../../base/index.js";
import type { CallContext, Caller } from "../../identity/index.js";
import type { ExternalUse } from "../../kms/index.js";
import type { RequestHead } from "../../wire/index.js";
import { decrypt, encrypt, getKeyMetadata, healthStatus, type KeyCall } from "./apis.js";
import { authenticate } from "./authenticate.js";
import { type Body, parseBody, requestMetadata } from "./bodies.js";
import { isAllowed, type ProxyConfig } from "./config.js";
import { asProxyError, ProxyError } from "./errors.js";
import { proxyRecord, type Seen } from "./record.js";
import { type Route, routeOf } from "./route.js";

/** What the proxy stands on. `app/` gives it. */
export interface ProxyPorts {
  /** As it is now: the file may change while the server runs. Undefined: nobody has set the proxy up. */
  readonly config: () => ProxyConfig | undefined;
  readonly keys: ExternalUse;
  /** Who the principal of the configuration is now; undefined when it was deleted. */
  readonly callerOfArn: (arn: string) => Promise<Caller | undefined>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly region: Region;
  readonly fleetSize: number;
}

export interface ProxyRequest {
  readonly head: RequestHead;
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly body: object;
}

/** Path · signature · body · permission · key · record. Every way out is an answer of the proxy API (kms 11.3). */
export async function answerProxy(ports: ProxyPorts, request: ProxyRequest): Promise<ProxyAnswer> {
  try {
    return { status: 200, body: await served(ports, request) };
  } catch (thrown) {
    return refusal(ports, request, thrown);
  }
}

export function refusal(ports: Pick<ProxyPorts, "log">, request: ProxyRequest, thrown: unknown): ProxyAnswer {
  const error = asProxyError(thrown);
  const { path } = request.head;
  const fields = { path, sourceIp: request.sourceIp, errorName: error.errorName, reason: error.message };
  if (error.errorName !== "InternalException") ports.log.warn("xks-request-refused", fields);
  else ports.log.error("xks-request-failed", { ...fields, ...describeThrown(error.cause ?? error) });
  return { status: error.status, body: { errorName: error.errorName, errorMessage: error.message } };
}

async function served(ports: ProxyPorts, request: ProxyRequest): Promise<object> {
  const config = ports.config();
  if (config === undefined) throw new ProxyError("InvalidUriPathException", "There is no proxy here.");
  const route = routeOf(request.head, config.uriPath);
  const accessKeyId = authenticate(config, request.head, request.body, ports.clock.now());
  const caller = await ports.callerOfArn(config.principal);
  if (caller === undefined) throw new ProxyError("AccessDeniedException", "The proxy's principal does not exist.");
  return recorded(ports, callOf(ports, request, caller), { route, accessKeyId }, (seen, call) =>
    run(ports, config, request.body, seen, call),
  );
}

/** From the signature on, KMS gets its answer, good or bad, when the record is on the disk (promise I3). */
async function recorded(
  ports: ProxyPorts,
  call: CallContext,
  seen: Seen,
  work: (seen: Seen, call: CallContext) => Promise<object>,
): Promise<object> {
  const write = () => {
    const record = proxyRecord(call, seen, ports.ids.uuid());
    return Promise.all(copiesForOwners(record, () => ports.ids.uuid()).map((each) => ports.audit.record(each)));
  };
  let answer: object;
  try {
    answer = await work(seen, call);
  } catch (thrown) {
    seen.error = asProxyError(thrown);
    await write();
    throw thrown;
  }
  await write();
  return answer;
}

async function run(
  ports: ProxyPorts,
  config: ProxyConfig,
  bytes: Buffer,
  seen: Seen,
  call: CallContext,
): Promise<object> {
  const { route } = seen;
  const body = parseBody(bytes);
  seen.metadata = requestMetadata(body, route.api);
  if (route.api === "health") return healthStatus(ports.fleetSize);
  const entry = Object.hasOwn(config.keys, route.externalKeyId) ? config.keys[route.externalKeyId] : undefined;
  if (entry === undefined) throw new ProxyError("KeyNotFoundException", "The external key does not exist.");
  const { awsPrincipalArn = "" } = seen.metadata;
  if (!isAllowed(entry, awsPrincipalArn))
    throw new ProxyError("AccessDeniedException", "The proxy does not serve this principal with the external key.");
  seen.keyArn = entry.keyArn;
  const { externalKeyId } = route;
  const of = { keys: ports.keys, call: inRegionOf(call, entry.keyArn), externalKeyId, keyArn: entry.keyArn };
  return runKeyApi(route.api, of, body);
}

function runKeyApi(api: Exclude<Route["api"], "health">, of: KeyCall, body: Body): Promise<object> {
  if (api === "metadata") return getKeyMetadata(of);
  return api === "encrypt" ? encrypt(of, body) : decrypt(of, body);
}

/** The call as policies see it: in the principal's name, through a service. It changes nothing, so it commits nothing. */
function callOf(ports: ProxyPorts, { head, sourceIp }: ProxyRequest, caller: Caller): CallContext {
  return {
    caller,
    region: ports.region,
    requestId: ports.ids.uuid(),
    time: ports.clock.now(),
    sourceIp,
    userAgent: (head.headers["user-agent"] ?? "").slice(0, 1024),
    secureTransport: true,
    signatureVersion: "AWS4-HMAC-SHA256",
    viaService: `xks-proxy.${ports.region}.amazonaws.com`,
    commit: () => Promise.reject(new Error("the proxy changes nothing")),
  };
}

function inRegionOf(call: CallContext, keyArn: string): CallContext {
  const region = parseArn(keyArn)?.region ?? "";
  return isRegion(region) ? { ...call, region, viaService: `xks-proxy.${region}.amazonaws.com` } : call;
}
