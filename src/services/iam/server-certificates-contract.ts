import { upload } from "./certificates-contract.js";
import { ARN } from "./testing.js";
import type { TaggedThing } from "./thing-tags-contract.js";

export const TAGGED_CERTIFICATE: TaggedThing = {
  kind: "ServerCertificate",
  named: { ServerCertificateName: "site" },
  absent: { ServerCertificateName: "nobody" },
  arn: `${ARN}server-certificate/edge/site`,
  make: upload,
};
