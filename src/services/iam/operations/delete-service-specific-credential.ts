import { serviceCredentials } from "../../../identity/index.js";
import { change } from "../entities.js";
import { ownCredential } from "../own-credentials.js";
import { operation } from "../ports.js";
import { aboutServiceCredential, noSuchServiceCredential } from "../service-credentials.js";

export const deleteServiceSpecificCredential = operation("DeleteServiceSpecificCredential", {
  ...aboutServiceCredential("iam:DeleteServiceSpecificCredential"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, { account, id: ownerId }) => {
      const { ServiceSpecificCredentialId: id } = input;
      await ownCredential(tx, serviceCredentials, { account, ownerId }, id, noSuchServiceCredential);
      await serviceCredentials.delete(tx, account, id);
      return {};
    }),
});
