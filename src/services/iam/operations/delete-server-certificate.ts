import { serverCertificates } from "../../../identity/index.js";
import { operation } from "../ports.js";
import { aboutServerCertificate } from "../server-certificates.js";
import { changeThing } from "../things.js";

export const deleteServerCertificate = operation("DeleteServerCertificate", {
  ...aboutServerCertificate("iam:DeleteServerCertificate"),
  run: (ctx, _input, ok, ports) =>
    changeThing(ctx, ports, ok, async (tx, { account, name }) => {
      await serverCertificates.delete(tx, account, name);
      return {};
    }),
});
