import { needs } from "../../../base/index.js";
import { errors } from "../errors.js";
import type { CallOf, ReportError, TaskReport } from "./calls.js";
import { type Operation, objectOf } from "./job.js";

type Compute = NonNullable<Operation["S3ComputeObjectChecksum"]>;

/** S3ComputeObjectChecksum: nothing is changed, and the report tells the checksums. */
export function checksumCall({ ChecksumAlgorithm = "CRC64NVME", ChecksumType = "FULL_OBJECT" }: Compute): CallOf {
  if (ChecksumAlgorithm === "CRC64NVME" && ChecksumType === "COMPOSITE")
    throw errors.invalidRequest("The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.");
  const asked = { ChecksumAlgorithm, ChecksumType };
  return (task) => ({
    operation: "ComputeObjectChecksum",
    input: { ...objectOf(task), ...asked },
    report: REPORT,
  });
}

/** In the form of AWS's own reports. */
const REPORT: TaskReport = {
  succeeded: ({ Checksum, ETag, ChecksumAlgorithm, ChecksumType }) => {
    needs(typeof Checksum === "string", "S3 tells the checksum that it computed");
    return escaped({
      checksum_base64: Checksum,
      etag: ETag,
      checksumAlgorithm: ChecksumAlgorithm,
      checksumType: ChecksumType,
      checksum_hex: Buffer.from(Checksum.replace(/-\d+$/, ""), "base64").toString("hex").toUpperCase(),
    });
  },
  // AWS writes them all as 200 and PermanentFailure, with S3's status inside.
  failed: (error, taskId) => ({
    status: 200,
    code: "PermanentFailure",
    message: `error details: ${JSON.stringify({ failureMessage: `Task ${taskId} ${wordsOf(error)}`, errorCode: String(error.status) })}`,
  }),
};

function wordsOf({ status, message }: ReportError): string {
  if (status === 404) return "Key not found";
  return status >= 500 ? "Internal server error, please retry" : message;
}

const escaped = (value: object): string => JSON.stringify(value).replaceAll("=", "\\u003d");
