import { AwsError } from "../../../base/index.js";
import { type SigningCertificate, signingCertificates, wholeSeconds } from "../../../identity/index.js";
import { keyOwner } from "../access-keys.js";
import { certificateId, parseCertificate } from "../certificates.js";
import { exceeds } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { holderOf, shownSigningCertificate } from "../signing-certificates.js";
import { responseElements } from "../trail.js";

/** The same certificate again is the same answer, which says Active whatever its status is; so does AWS's. */
export const uploadSigningCertificate = operation("UploadSigningCertificate", {
  ...keyOwner("iam:UploadSigningCertificate"),
  run: (ctx, input, ok, { database }) => {
    const id = certificateId(parseCertificate(input.CertificateBody, ctx.time.getTime()));
    return ctx.commit(database, async (tx) => {
      const owner = await ok.target.reread(tx);
      const { account, ownerId } = holderOf(owner);
      const known = await signingCertificates.find(tx, account, id);
      if (known !== undefined && known.ownerId !== ownerId) throw duplicate();
      if (known !== undefined) return { Certificate: shownSigningCertificate(owner, { ...known, status: "Active" }) };
      const most = QUOTAS.CertificatesPerUser;
      if ((await signingCertificates.of(tx, ownerId)).length >= most) throw exceeds("CertificatesPerUser", most);
      const certificate: SigningCertificate = {
        account,
        name: id,
        path: "/",
        ownerId,
        body: input.CertificateBody,
        status: "Active",
        uploadedMs: wholeSeconds(ctx.time).getTime(),
      };
      await signingCertificates.insert(tx, certificate);
      return { Certificate: shownSigningCertificate(owner, certificate) };
    });
  },
  audit: { response: responseElements },
});

const duplicate = () =>
  new AwsError("DuplicateCertificate", "The same certificate is already associated with an IAM user in the account.", {
    status: 409,
  });
