/**
 * Amazon S3 Control: what is said of an account, not of one bucket.
 * It never reads a bucket or an object by itself: S3 does, through the ports, and decides there as for anybody.
 * The app opens it; the gateway runs its operations.
 */
import { defineService, type Service } from "../../kit/index.js";
import { deletePublicAccessBlock } from "./operations/delete-public-access-block.js";
import { getPublicAccessBlock } from "./operations/get-public-access-block.js";
import { putPublicAccessBlock } from "./operations/put-public-access-block.js";
import type { S3ControlPorts } from "./ports.js";

export type { AccountBlocks, S3ControlPorts } from "./ports.js";

const OPERATIONS = [deletePublicAccessBlock, getPublicAccessBlock, putPublicAccessBlock];

export function s3ControlService(ports: S3ControlPorts): Service {
  return defineService({
    id: "s3control",
    eventSource: "s3.amazonaws.com",
    operations: OPERATIONS.map((bind) => bind(ports)),
    denied: ports.denied,
  });
}
