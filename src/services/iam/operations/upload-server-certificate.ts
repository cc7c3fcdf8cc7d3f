import { globalArn } from "../../../base/index.js";
import { type ServerCertificate, serverCertificates, wholeSeconds } from "../../../identity/index.js";
import { checkChain, checkPrivateKey, parseCertificate } from "../certificates.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { certificateMetadata, takenCertificate } from "../server-certificates.js";
import { parseTags, requestTagValues, someTags } from "../tags.js";
import { responseElements } from "../trail.js";

/** The private key is held against the certificate and forgotten: it is stored nowhere and recorded nowhere. */
export const uploadServerCertificate = operation("UploadServerCertificate", {
  checks: (ctx, input) => {
    const { Path: path = "/", ServerCertificateName: name } = input;
    const arn = globalArn("iam", ctx.caller.account, `server-certificate${path}${name}`);
    const values = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:UploadServerCertificate", arn, values);
    return values.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagServerCertificate", arn, values)];
  },

  run: (ctx, input, _ok, { database }) => {
    const tags = parseTags(input.Tags, "keep-case");
    const parsed = parseCertificate(input.CertificateBody, ctx.time.getTime());
    checkPrivateKey(parsed, input.PrivateKey);
    const { CertificateChain: chain } = input;
    if (chain !== undefined) checkChain(parsed, chain);
    const { account } = ctx.caller;
    return ctx.commit(database, async (tx) => {
      const most = QUOTAS.ServerCertificatesPerAccount;
      if ((await serverCertificates.count(tx, account)) >= most) throw exceeds("ServerCertificatesPerAccount", most);
      const certificate: ServerCertificate = {
        account,
        name: input.ServerCertificateName,
        path: input.Path ?? "/",
        ownerId: "",
        id: ctx.ids.unique("ASCA"),
        body: input.CertificateBody,
        ...(chain === undefined ? {} : { chain }),
        uploadedMs: wholeSeconds(ctx.time).getTime(),
        expiresMs: Date.parse(parsed.validTo),
        tags,
      };
      await unlessTaken(takenCertificate(certificate.name), serverCertificates.insert(tx, certificate));
      return { ServerCertificateMetadata: certificateMetadata(certificate), ...someTags(tags) };
    });
  },

  audit: {
    request: ({ PrivateKey: _never, ...shown }) => responseElements(shown),
    response: responseElements,
  },
});
