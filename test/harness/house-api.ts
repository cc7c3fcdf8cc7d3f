import { post, type Sign } from "../../src/cli/house-client.js";
import { signRequest } from "../../src/identity/index.js";
import type { Credentials, Server } from "./server.js";

/** An error of the house's own API, with the name and status that an AWS client's error has. */
export class HouseError extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(String(body["message"] ?? body["Message"] ?? ""));
    this.name = String(body["__type"] ?? body["code"] ?? status);
    this.$metadata = { httpStatusCode: status };
  }
}

/** One call of the house's own API. Unsigned without credentials. */
export async function callHouse(
  server: Server,
  credentials: Credentials | undefined,
  operation: string,
  input: object,
): Promise<Readonly<Record<string, unknown>>> {
  const sign = (request: Parameters<Sign>[0], with_: Credentials) =>
    signRequest({ ...request, region: "us-east-1", service: "strongroom", credentials: with_, date: new Date() });
  const signing = credentials === undefined ? undefined : { credentials, with: sign };
  const { status, body } = await post(server, `/_strongroom/api/${operation}`, input, signing);
  if (status !== 200) throw new HouseError(status, body);
  return body;
}
