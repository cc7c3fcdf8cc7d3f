import { sshPublicKeys } from "../../../identity/index.js";
import { aboutUser, read } from "../entities.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { listedSshKey } from "../ssh-keys.js";

export const listSSHPublicKeys = operation("ListSSHPublicKeys", {
  ...aboutUser("iam:ListSSHPublicKeys"),
  run: (_ctx, input, ok, ports) =>
    read(ports, ok, async (tx, user) => {
      const all = await sshPublicKeys.of(tx, user.id);
      const { items, end } = pageOfList(`ssh-keys:${user.id}`, all, input, ({ name }) => name);
      return { SSHPublicKeys: items.map((key) => listedSshKey(user, key)), ...end };
    }),
});
