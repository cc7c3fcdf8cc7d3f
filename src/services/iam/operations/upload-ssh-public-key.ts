import { AwsError } from "../../../base/index.js";
import { type SshPublicKey, sshPublicKeys, wholeSeconds } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { exceeds } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { parseSshKey, shownSshKey } from "../ssh-keys.js";
import { responseElements } from "../trail.js";

/** The answer repeats the text as it came; what is kept is the key alone. */
export const uploadSSHPublicKey = operation("UploadSSHPublicKey", {
  ...aboutUser("iam:UploadSSHPublicKey"),
  run: (ctx, input, ok, ports) => {
    const { line, fingerprint } = parseSshKey(input.SSHPublicKeyBody);
    return change(ctx, ports, ok, async (tx, user) => {
      const own = await sshPublicKeys.of(tx, user.id);
      if (own.some((other) => other.line === line))
        throw new AwsError(
          "DuplicateSSHPublicKey",
          "The SSH public key is already associated with the specified IAM user.",
          { status: 400 },
        );
      const most = QUOTAS.SSHPublicKeysPerUser;
      if (own.length >= most) throw exceeds("SSHPublicKeysPerUser", most);
      const key: SshPublicKey = {
        account: user.account,
        name: ctx.ids.unique("APKA"),
        path: "/",
        ownerId: user.id,
        line,
        fingerprint,
        status: "Active",
        uploadedMs: wholeSeconds(ctx.time).getTime(),
      };
      await sshPublicKeys.insert(tx, key);
      return { SSHPublicKey: shownSshKey(user, key, input.SSHPublicKeyBody) };
    });
  },
  audit: { response: responseElements },
});
