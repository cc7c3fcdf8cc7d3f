import { serviceCredentials } from "../../../identity/index.js";
import { change } from "../entities.js";
import { ownCredential, parseStatus } from "../own-credentials.js";
import { operation } from "../ports.js";
import { aboutServiceCredential, noSuchServiceCredential } from "../service-credentials.js";

export const updateServiceSpecificCredential = operation("UpdateServiceSpecificCredential", {
  ...aboutServiceCredential("iam:UpdateServiceSpecificCredential"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, { account, id: ownerId }) => {
      const { ServiceSpecificCredentialId: id } = input;
      const old = await ownCredential(tx, serviceCredentials, { account, ownerId }, id, noSuchServiceCredential);
      await serviceCredentials.update(tx, { ...old, status: parseStatus(input.Status) });
      return {};
    }),
});
