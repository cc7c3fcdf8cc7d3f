import { MINUTE_MS } from "../../../base/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { type Job, jobArn } from "./job.js";

/** A role's session lasts an hour; it is left well before. */
const KEPT_MS = 45 * MINUTE_MS;

/** The sessions of the roles of running jobs: one a job, assumed when its first call is made. */
export class Sessions {
  readonly #ports: Pick<S3ControlPorts, "roles" | "clock">;
  readonly #held = new Map<string, { readonly session: RoleSession; readonly untilMs: number }>();

  constructor(ports: Pick<S3ControlPorts, "roles" | "clock">) {
    this.#ports = ports;
  }

  /** Throws STS's own error when the role does not trust Batch Operations. */
  async of(job: Job): Promise<RoleSession> {
    const { roles, clock } = this.#ports;
    const held = this.#held.get(job.id);
    if (held !== undefined && held.untilMs > clock.nowMs()) return held.session;
    const { account, region } = job;
    const session = await roles.assume(job.roleArn, `s3-batch-${job.id}`, { account, region, sourceArn: jobArn(job) });
    this.#held.set(job.id, { session, untilMs: clock.nowMs() + KEPT_MS });
    return session;
  }

  forget({ id }: Job): void {
    this.#held.delete(id);
  }
}
