import { S3_MIGRATIONS } from "../services/s3/index.js";
import { S3_CONTROL_MIGRATIONS } from "../services/s3-control/service.js";
import type { Migration } from "../store/index.js";

/** The database `s3` is S3's, and S3 Control's beside it: both speak of the same buckets, and commit as one. */
export const S3_DATABASE: readonly Migration[] = [...S3_MIGRATIONS, ...S3_CONTROL_MIGRATIONS].sort(
  (a, b) => a.id - b.id,
);
