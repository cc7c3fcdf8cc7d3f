import { signingCertificates } from "../../../identity/index.js";
import { keyOwner } from "../access-keys.js";
import { ownCredential } from "../own-credentials.js";
import { operation } from "../ports.js";
import { holderOf, noSuchCertificate } from "../signing-certificates.js";

export const deleteSigningCertificate = operation("DeleteSigningCertificate", {
  ...keyOwner("iam:DeleteSigningCertificate"),
  run: (ctx, input, ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const holder = holderOf(await ok.target.reread(tx));
      const { CertificateId: id } = input;
      const certificate = await ownCredential(tx, signingCertificates, holder, id, noSuchCertificate);
      await signingCertificates.delete(tx, certificate.account, certificate.name);
      return {};
    }),
});
