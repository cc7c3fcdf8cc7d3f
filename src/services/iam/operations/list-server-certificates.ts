import { globalArn } from "../../../base/index.js";
import { serverCertificates } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";
import { certificateMetadata } from "../server-certificates.js";

export const listServerCertificates = operation("ListServerCertificates", {
  checks: (ctx, input) => [
    checkOn(
      ctx,
      "iam:ListServerCertificates",
      globalArn("iam", ctx.caller.account, `server-certificate${input.PathPrefix ?? "/"}`),
    ),
  ],
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const scope = `server-certificates:${account}`;
      const { after, limit } = pageStart(scope, input);
      const slice = { account, pathPrefix: input.PathPrefix ?? "/", after, limit: limit + 1 };
      const rows = await serverCertificates.list(tx, slice);
      const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
      return { ServerCertificateMetadataList: items.map(certificateMetadata), ...end };
    }),
});
