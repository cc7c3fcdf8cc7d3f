import { signingCertificates } from "../../../identity/index.js";
import { keyOwner } from "../access-keys.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { holderOf, shownSigningCertificate } from "../signing-certificates.js";

export const listSigningCertificates = operation("ListSigningCertificates", {
  ...keyOwner("iam:ListSigningCertificates"),
  run: (_ctx, input, ok, { database }) =>
    database.read(async (tx) => {
      const owner = await ok.target.reread(tx);
      const { ownerId } = holderOf(owner);
      const all = await signingCertificates.of(tx, ownerId);
      const { items, end } = pageOfList(`certificates:${ownerId}`, all, input, ({ name }) => name);
      return { Certificates: items.map((certificate) => shownSigningCertificate(owner, certificate)), ...end };
    }),
});
