import { operation } from "../ports.js";
import { aboutServerCertificate } from "../server-certificates.js";
import { listThingTags } from "../things.js";

export const listServerCertificateTags = operation("ListServerCertificateTags", {
  ...aboutServerCertificate("iam:ListServerCertificateTags"),
  run: listThingTags,
});
