import { DAY_MS } from "../../../base/index.js";
import { type ServiceCredential, serviceCredentials, wholeSeconds } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { exceeds, invalidInput } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import {
  checkService,
  freeAlias,
  newServiceSecret,
  recordedCredential,
  shownServiceCredential,
  takesTokens,
} from "../service-credentials.js";
import { responseElements } from "../trail.js";

export const createServiceSpecificCredential = operation("CreateServiceSpecificCredential", {
  ...aboutUser("iam:CreateServiceSpecificCredential", ({ ServiceName, CredentialAgeDays: days }: Input) => [
    ["iam:servicespecificcredentialservicename", ServiceName],
    ...(days === undefined ? [] : [["iam:servicespecificcredentialagedays", String(days)] as const]),
  ]),
  run: (ctx, input, ok, ports) => {
    const { ServiceName: service, CredentialAgeDays: days } = input;
    checkService(service);
    if (days !== undefined && !takesTokens(service))
      throw invalidInput(`Credentials of ${service} do not expire: CredentialAgeDays is not supported for it.`);
    return change(ctx, ports, ok, async (tx, user) => {
      const own = (await serviceCredentials.of(tx, user.id)).filter((other) => other.service === service);
      const most = QUOTAS.ServiceSpecificCredentialsPerUser;
      if (own.length >= most) throw exceeds("ServiceSpecificCredentialsPerUser", most);
      const alias = await freeAlias(tx, user, service);
      const { secret, digest } = newServiceSecret({ service, alias });
      const createdMs = wholeSeconds(ctx.time).getTime();
      const credential: ServiceCredential = {
        account: user.account,
        name: ctx.ids.unique("ACCA"),
        path: "/",
        ownerId: user.id,
        service,
        alias,
        digest,
        status: "Active",
        createdMs,
        ...(days === undefined ? {} : { expiresMs: createdMs + days * DAY_MS }),
      };
      await serviceCredentials.insert(tx, credential);
      return { ServiceSpecificCredential: shownServiceCredential(user.name, credential, secret, ctx.time.getTime()) };
    });
  },
  audit: { response: (output) => responseElements(recordedCredential(output)) },
});

interface Input {
  readonly UserName?: string | undefined;
  readonly ServiceName: string;
  readonly CredentialAgeDays?: number | undefined;
}
