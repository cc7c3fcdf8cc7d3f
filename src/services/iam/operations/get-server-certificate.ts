import { operation } from "../ports.js";
import { aboutServerCertificate, certificateMetadata } from "../server-certificates.js";
import { someTags } from "../tags.js";
import { existingThing } from "../things.js";

export const getServerCertificate = operation("GetServerCertificate", {
  ...aboutServerCertificate("iam:GetServerCertificate"),
  run: async (_ctx, _input, ok) => {
    const certificate = existingThing(ok.target);
    const { body, chain, tags } = certificate;
    return {
      ServerCertificate: {
        ServerCertificateMetadata: certificateMetadata(certificate),
        CertificateBody: body,
        ...(chain === undefined ? {} : { CertificateChain: chain }),
        ...someTags(tags),
      },
    };
  },
});
