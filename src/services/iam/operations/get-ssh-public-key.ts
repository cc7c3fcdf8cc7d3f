import { AwsError } from "../../../base/index.js";
import { sshPublicKeys } from "../../../identity/index.js";
import { aboutUser, read } from "../entities.js";
import { ownCredential } from "../own-credentials.js";
import { operation } from "../ports.js";
import { noSuchSshKey, shownSshKey, sshKeyText } from "../ssh-keys.js";

export const getSSHPublicKey = operation("GetSSHPublicKey", {
  ...aboutUser("iam:GetSSHPublicKey"),
  run: (_ctx, input, ok, ports) =>
    read(ports, ok, async (tx, { id: ownerId, ...user }) => {
      const owner = { account: user.account, ownerId };
      const key = await ownCredential(tx, sshPublicKeys, owner, input.SSHPublicKeyId, noSuchSshKey);
      const { Encoding: encoding } = input;
      if (encoding !== "SSH" && encoding !== "PEM")
        throw new AwsError("UnrecognizedPublicKeyEncoding", "Encoding must be SSH or PEM.", { status: 400 });
      return { SSHPublicKey: shownSshKey({ ...user, id: ownerId }, key, sshKeyText(key, encoding)) };
    }),
});
