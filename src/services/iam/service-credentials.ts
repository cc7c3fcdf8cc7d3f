import { createHash } from "node:crypto";
import { LIMITS } from "../../base/index.js";
import { newSecret } from "../../crypto/index.js";
import { type ServiceCredential, serviceCredentials, type User } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { aboutUser, checkOn, type Named, ownValues } from "./entities.js";
import { noSuchEntity } from "./errors.js";
import type { IamPorts } from "./ports.js";

/** The services that take such credentials: a user name with a password, or one token that begins so. */
const SERVICES: ReadonlyMap<string, { readonly token?: string }> = new Map([
  ["bedrock.amazonaws.com", { token: "ABSK" }],
  ["cassandra.amazonaws.com", {}],
  ["codecommit.amazonaws.com", {}],
  ["logs.amazonaws.com", { token: "ACWL" }],
]);

/** AWS has an error of its own for this in its model, and sends this one. */
export function checkService(service: string): void {
  if (!SERVICES.has(service))
    throw noSuchEntity(`No such service ${service} is supported for Service Specific Credentials`);
}

/** Tokens may end at a time; passwords never do. */
export const takesTokens = (service: string) => SERVICES.get(service)?.token !== undefined;

export const noSuchServiceCredential = (id: string) => noSuchEntity(`No such credential ${id} exists`);

interface Input {
  readonly UserName?: string | undefined;
  readonly ServiceSpecificCredentialId: string;
}

/** `target` and `checks` of an operation on one credential of a user: policies may ask which service it is for. */
export function aboutServiceCredential(action: string) {
  const one = aboutUser<Input>(action);
  return {
    target: async (ctx: RequestContext, input: Input, ports: IamPorts) => {
      const user = await one.target(ctx, input, ports);
      const credential = await ports.database.read((tx) =>
        serviceCredentials.find(tx, user.account, input.ServiceSpecificCredentialId),
      );
      return { ...user, service: credential?.ownerId === user.found?.id ? credential?.service : undefined };
    },
    checks: (
      ctx: RequestContext,
      _input: Input,
      { arn, found, service }: Named<"user"> & { service: string | undefined },
    ) => [
      checkOn(ctx, action, arn, [
        ...ownValues(found),
        ...(service === undefined ? [] : [["iam:servicespecificcredentialservicename", service] as const]),
      ]),
    ],
  };
}

/** A name that no credential of this service has: `ada-at-111122223333`, `ada+1-at-111122223333` … */
export async function freeAlias(tx: ReadTx, user: User, service: string): Promise<string> {
  const { account } = user;
  // All of the account's: who is called `ada+1` may have such a name already.
  const all = await serviceCredentials.list(tx, { account, pathPrefix: "/", after: "", limit: LIMITS.listItems });
  const taken = new Set(all.filter((one) => one.service === service).map((one) => one.alias));
  const alias = (at: number) => `${user.name}${at === 0 ? "" : `+${at}`}-at-${account}`;
  let at = 0;
  while (taken.has(alias(at))) at += 1;
  return alias(at);
}

const SECRET_BYTES = 32;

/** The secret is in the answer alone; what is stored is its digest. */
export function newServiceSecret({ service, alias }: Pick<ServiceCredential, "service" | "alias">) {
  const random = newSecret(SECRET_BYTES);
  const password = random.use((bytes) => bytes.toString("base64"));
  random.wipe();
  const prefix = SERVICES.get(service)?.token;
  const secret = prefix === undefined ? password : `${prefix}${Buffer.from(`${alias}:${password}`).toString("base64")}`;
  return { secret, digest: createHash("sha256").update(secret).digest("hex") };
}

const isToken = ({ service }: ServiceCredential) => takesTokens(service);

/** As lists show it. */
export const listedServiceCredential = (userName: string, credential: ServiceCredential, nowMs: number) => ({
  UserName: userName,
  Status: statusAt(credential, nowMs),
  ...(isToken(credential) ? { ServiceCredentialAlias: credential.alias } : { ServiceUserName: credential.alias }),
  CreateDate: new Date(credential.createdMs),
  ...(credential.expiresMs === undefined ? {} : { ExpirationDate: new Date(credential.expiresMs) }),
  ServiceSpecificCredentialId: credential.name,
  ServiceName: credential.service,
});

const statusAt = ({ status, expiresMs = Number.POSITIVE_INFINITY }: ServiceCredential, nowMs: number) =>
  nowMs >= expiresMs ? ("Expired" as const) : status;

/** With its secret, once. */
export const shownServiceCredential = (
  userName: string,
  credential: ServiceCredential,
  secret: string,
  nowMs: number,
) => ({
  ...listedServiceCredential(userName, credential, nowMs),
  ...(isToken(credential) ? { ServiceCredentialSecret: secret } : { ServicePassword: secret }),
});

/** The trail has neither password nor token. */
export function recordedCredential({
  ServiceSpecificCredential: shown,
}: {
  readonly ServiceSpecificCredential?: object | undefined;
}) {
  const {
    ServicePassword: _password,
    ServiceCredentialSecret: _token,
    ...rest
  } = { ServicePassword: "", ServiceCredentialSecret: "", ...shown };
  return { ServiceSpecificCredential: rest };
}
