import { serviceCredentials } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { ownCredential } from "../own-credentials.js";
import { operation } from "../ports.js";
import { noSuchServiceCredential } from "../service-credentials.js";

export const deleteServiceSpecificCredential = operation("DeleteServiceSpecificCredential", {
  ...aboutUser("iam:DeleteServiceSpecificCredential"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, { account, id: ownerId }) => {
      const { ServiceSpecificCredentialId: id } = input;
      await ownCredential(tx, serviceCredentials, { account, ownerId }, id, noSuchServiceCredential);
      await serviceCredentials.delete(tx, account, id);
      return {};
    }),
});
