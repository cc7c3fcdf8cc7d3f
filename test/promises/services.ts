import type { ServiceRow } from "./row.js";
import { cloudtrail } from "./services/cloudtrail.js";
import { iam } from "./services/iam.js";
import { kms } from "./services/kms.js";
import { organizations } from "./services/organizations.js";
import { s3 } from "./services/s3.js";
import { s3Control } from "./services/s3-control.js";
import { withForms } from "./services/s3-forms.js";
import { strongroom } from "./services/strongroom.js";
import { sts } from "./services/sts.js";

/** Every service that is written. A new one adds its row here and is then held to every promise. */
export const SERVICES: readonly ServiceRow[] = [
  kms,
  withForms(s3),
  s3Control,
  iam,
  sts,
  organizations,
  cloudtrail,
  strongroom,
];
