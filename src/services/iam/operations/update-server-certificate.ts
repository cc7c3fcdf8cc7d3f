import { serverCertificates } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { aboutServerCertificate, SERVER_CERTIFICATES, takenCertificate } from "../server-certificates.js";
import { arnOf, changeThing } from "../things.js";

const one = aboutServerCertificate<{ readonly ServerCertificateName: string }>("iam:UpdateServerCertificate");

/** A new name or path is a new ARN: whoever renames must be allowed at both. The id and the tags stay. */
export const updateServerCertificate = operation("UpdateServerCertificate", {
  target: one.target,
  checks: (ctx, input, target) => {
    const path = input.NewPath ?? target.found?.path ?? "/";
    const name = input.NewServerCertificateName ?? target.name;
    const arn = arnOf(SERVER_CERTIFICATES, { account: ctx.caller.account, path, name });
    return [...one.checks(ctx, input, target), checkOn(ctx, "iam:UpdateServerCertificate", arn)];
  },
  run: (ctx, input, ok, ports) =>
    changeThing(ctx, ports, ok, async (tx, certificate) => {
      const name = input.NewServerCertificateName ?? certificate.name;
      const renamed = { ...certificate, name, path: input.NewPath ?? certificate.path };
      await serverCertificates.delete(tx, certificate.account, certificate.name);
      await unlessTaken(takenCertificate(name), serverCertificates.insert(tx, renamed));
      return {};
    }),
});
