import { signingCertificates } from "../../../identity/index.js";
import { keyOwner } from "../access-keys.js";
import { ownCredential, parseStatus } from "../own-credentials.js";
import { operation } from "../ports.js";
import { holderOf, noSuchCertificate } from "../signing-certificates.js";

export const updateSigningCertificate = operation("UpdateSigningCertificate", {
  ...keyOwner("iam:UpdateSigningCertificate"),
  run: (ctx, input, ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const holder = holderOf(await ok.target.reread(tx));
      const { CertificateId: id } = input;
      const certificate = await ownCredential(tx, signingCertificates, holder, id, noSuchCertificate);
      await signingCertificates.update(tx, { ...certificate, status: parseStatus(input.Status) });
      return {};
    }),
});
