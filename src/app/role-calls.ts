import type { AnyOperation, InnerCalls } from "../kit/index.js";
import type { ManifestPage, ManifestQuery, S3Service } from "../services/s3/index.js";
import { BATCH_OPERATIONS, type RoleCalls } from "../services/s3-control/service.js";
import { operationOf } from "./inner-calls.js";

interface Ports {
  readonly inner: InnerCalls;
  readonly s3: S3Service;
}

/**
 * How batch jobs reach objects: S3's own operations, authorized as the job's role, encrypted as S3 encrypts for anybody,
 * and recorded. Services never import each other: this stands between them.
 */
export const roleCalls = ({ inner, s3 }: Ports): RoleCalls => ({
  async assume(roleArn, session, behalf) {
    const actor = await inner.asRole(BATCH_OPERATIONS, roleArn, session, behalf);
    return {
      call: async (name, input, request) => inner.perform(await actor.now(), s3, callable(s3, name), input, request),
      async list(query) {
        const asked: ManifestQuery = query;
        const page = await inner.perform(await actor.now(), s3, s3.listForManifest, asked);
        return page as unknown as ManifestPage; // what that operation answers
      },
    };
  },
});

/** S3's own operations, and those that no client can ask for. */
const callable = (s3: S3Service, name: string): AnyOperation =>
  [s3.initiateReplication, s3.computeChecksum].find((one) => one.name === name) ?? operationOf(s3, name);
