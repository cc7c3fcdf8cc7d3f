import { operation } from "../ports.js";
import { aboutServerCertificate } from "../server-certificates.js";
import { type TaggingInput, tagging } from "../things.js";

export const tagServerCertificate = operation("TagServerCertificate", {
  ...aboutServerCertificate("iam:TagServerCertificate", (input: Input) => tagging.values(input)),
  run: tagging.run,
});

interface Input extends TaggingInput {
  readonly ServerCertificateName: string;
}
