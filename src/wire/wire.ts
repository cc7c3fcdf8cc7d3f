import type { AwsError } from "../base/index.js";
import { needs } from "../base/index.js";
import { unknownServiceError } from "./errors.js";
import { type Model, Models } from "./model.js";
import type { OperationModel, Routed, ServiceModel, Wire } from "./port.js";
import { type DecodeInput, type EncodeOutput, type Protocol, protocolOf } from "./protocol.js";
import { recognise } from "./recognise.js";
import { remembered } from "./remember.js";
import { type Router, routerOf } from "./route.js";
import { encodeBrowserAnswer, isBrowserOperation } from "./s3-browser.js";

export interface WireOptions {
  /** Where the build put `index.json` and one file a service. */
  readonly modelsFolder: string;
  /** Buckets are found below this domain too: `bucket.domain`. Empty: nowhere but where AWS has them. */
  readonly s3Domain?: string;
}

/** Reads the index of the models; a service's own model is read when it is first spoken to. */
export function openWire({ modelsFolder, s3Domain = "" }: WireOptions): Wire {
  const models = new Models(modelsFolder);
  const services = new Map<string, Spoken>();
  const spokenOf = ({ id }: ServiceModel): Spoken => remembered(services, id, () => new Spoken(models.get(id)));
  return {
    services: models.ids,
    service: (id) => models.get(id),
    recognise: (head) => recognise(models, head, s3Domain),
    routesByBody: ({ protocol }) => protocol === "awsQuery" || protocol === "ec2Query",
    route: (recognised, head, body) => spokenOf(recognised.service).route(recognised, head, body),
    decode: (routed, head, body) => spokenOf(routed.service).decode(routed, head, body),
    encode: (routed, output, requestId) => spokenOf(routed.service).encode(routed.operation, output, requestId),
    encodeError: (service, error: AwsError, requestId, head) =>
      (service === undefined ? unknownServiceError : spokenOf(service).encodeError)(error, requestId, head),
  };
}

/** One service with all that was compiled for it so far. */
class Spoken {
  readonly #model: Model;
  readonly #protocol: Protocol;
  readonly #decoders = new Map<string, DecodeInput>();
  readonly #encoders = new Map<string, EncodeOutput>();
  #router: Router | undefined;

  constructor(model: Model) {
    this.#model = model;
    this.#protocol = protocolOf(model);
  }

  get encodeError(): Protocol["encodeError"] {
    return this.#protocol.encodeError;
  }

  route(...request: Parameters<Router>): Routed {
    this.#router ??= routerOf(this.#model);
    return this.#router(...request);
  }

  decode(
    routed: Routed,
    ...request: [head: Parameters<DecodeInput>[1], body: Uint8Array | undefined]
  ): Record<string, unknown> {
    const { name } = routed.operation;
    if (isBrowserOperation(routed.operation)) {
      // A form is the PUT that it stands for; the others are all said by path and headers.
      const put = { ...routed, operation: { ...routed.operation, name: "PutObject" } };
      return name === "PostObject" ? this.decode(put, ...request) : { ...routed.labels };
    }
    const decode = remembered(this.#decoders, name, () => this.#protocol.decoder(this.#rowOf(name)));
    return decode(routed, ...request);
  }

  encode(operation: OperationModel, output: Record<string, unknown>, requestId: string) {
    if (isBrowserOperation(operation)) return encodeBrowserAnswer(output, requestId);
    const { name } = operation;
    const encode = remembered(this.#encoders, name, () => this.#protocol.encoder(name, this.#rowOf(name)));
    return encode(output, requestId);
  }

  #rowOf(name: string) {
    const row = this.#model.rows.get(name);
    needs(row, "an operation is of the model it was routed in");
    return row;
  }
}
