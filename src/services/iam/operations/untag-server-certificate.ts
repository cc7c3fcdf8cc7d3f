import { operation } from "../ports.js";
import { aboutServerCertificate } from "../server-certificates.js";
import { type UntaggingInput, untagging } from "../things.js";

export const untagServerCertificate = operation("UntagServerCertificate", {
  ...aboutServerCertificate("iam:UntagServerCertificate", (input: Input) => untagging.values(input)),
  run: untagging.run,
});

interface Input extends UntaggingInput {
  readonly ServerCertificateName: string;
}
