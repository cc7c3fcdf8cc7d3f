import { sshPublicKeys } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { ownCredential } from "../own-credentials.js";
import { operation } from "../ports.js";
import { noSuchSshKey } from "../ssh-keys.js";

export const deleteSSHPublicKey = operation("DeleteSSHPublicKey", {
  ...aboutUser("iam:DeleteSSHPublicKey"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, { account, id: ownerId }) => {
      const key = await ownCredential(tx, sshPublicKeys, { account, ownerId }, input.SSHPublicKeyId, noSuchSshKey);
      await sshPublicKeys.delete(tx, account, key.name);
      return {};
    }),
});
