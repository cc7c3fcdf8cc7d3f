import { serviceCredentials } from "../../../identity/index.js";
import { change } from "../entities.js";
import { ownCredential } from "../own-credentials.js";
import { operation } from "../ports.js";
import {
  aboutServiceCredential,
  newServiceSecret,
  noSuchServiceCredential,
  recordedCredential,
  shownServiceCredential,
} from "../service-credentials.js";
import { responseElements } from "../trail.js";

/** The password before counts no more. */
export const resetServiceSpecificCredential = operation("ResetServiceSpecificCredential", {
  ...aboutServiceCredential("iam:ResetServiceSpecificCredential"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, { account, id: ownerId, name }) => {
      const { ServiceSpecificCredentialId: id } = input;
      const old = await ownCredential(tx, serviceCredentials, { account, ownerId }, id, noSuchServiceCredential);
      const { secret, digest } = newServiceSecret(old);
      const credential = { ...old, digest };
      await serviceCredentials.update(tx, credential);
      return { ServiceSpecificCredential: shownServiceCredential(name, credential, secret, ctx.time.getTime()) };
    }),
  audit: { response: (output) => responseElements(recordedCredential(output)) },
});
