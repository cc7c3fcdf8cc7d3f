import { AwsError } from "../base/index.js";
import type { OperationModel, ServiceModel, Wire } from "../wire/index.js";

/** Where the house's own API lies: `POST /_strongroom/api/<Operation>`, signed like any AWS call, JSON both ways. */
export const HOUSE_PATH = "/_strongroom/api/";
export const HOUSE_SERVICE = "strongroom";

/** The wire with the house's own few operations beside AWS's: the pipeline then treats them like all others. */
export function withHouseApi(wire: Wire, operationNames: readonly string[]): Wire {
  const house = houseModel(operationNames);
  const isHouse = (service: ServiceModel) => service.id === HOUSE_SERVICE;
  return {
    ...wire,
    services: [...wire.services, HOUSE_SERVICE],
    service: (id) => (id === HOUSE_SERVICE ? house : wire.service(id)),
    recognise: (head) => (head.path.startsWith(HOUSE_PATH) ? { service: house } : wire.recognise(head)),
    routesByBody: (service) => !isHouse(service) && wire.routesByBody(service),
    route: (recognised, head, body) => {
      if (!isHouse(recognised.service)) return wire.route(recognised, head, body);
      const operation = house.operations.get(head.path.slice(HOUSE_PATH.length));
      if (operation === undefined || head.method !== "POST")
        throw new AwsError("UnknownOperationException", "No such operation.");
      return { service: house, operation, labels: {} };
    },
    decode: (routed, head, body) => (isHouse(routed.service) ? parseObject(body) : wire.decode(routed, head, body)),
    encode: (routed, output, requestId) => {
      if (!isHouse(routed.service)) return wire.encode(routed, output, requestId);
      const headers = { "content-type": "application/json", "x-amzn-requestid": requestId };
      return { status: 200, headers, body: Buffer.from(JSON.stringify(output)) };
    },
    // The wire has no model of the house; what it says of an unknown service is awsJson too.
    encodeError: (service, error, requestId, head) =>
      wire.encodeError(service !== undefined && isHouse(service) ? undefined : service, error, requestId, head),
  };
}

function houseModel(names: readonly string[]): ServiceModel {
  const operations = names.map((name): [string, OperationModel] => [
    name,
    { name, errors: [], streamingInput: undefined, streamingOutput: undefined },
  ]);
  return {
    id: HOUSE_SERVICE,
    protocol: "awsJson1_1",
    signingName: HOUSE_SERVICE,
    targetPrefix: "Strongroom",
    apiVersion: "2026-11-21",
    operations: new Map(operations),
  };
}

function parseObject(body: Uint8Array | undefined): Record<string, unknown> {
  if (body === undefined || body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>; // just looked
  } catch {
    // Not JSON: the same answer as JSON of another kind.
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}
