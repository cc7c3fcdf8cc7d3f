import { isAwsError, isServerFault, MINUTE_MS } from "../../../base/index.js";
import type { Actor, RoleActor } from "../../../kit/index.js";
import { errors } from "../errors.js";
import { bucketArn } from "../names.js";
import type { S3Ports } from "../ports.js";
import type { Bucket } from "../store/index.js";

/** A session lasts an hour; a role that trusts S3 no more is found out well before. */
const KEPT_MS = 5 * MINUTE_MS;
const MOST_KEPT = 1000;

interface Held {
  readonly actor: Promise<RoleActor>;
  readonly untilMs: number;
}

/** The sessions of the roles of replicating buckets, each assumed once for the many versions that it brings. */
export class Actors {
  readonly #ports: Pick<S3Ports, "inner" | "clock">;
  readonly #held = new Map<string, Held>();

  constructor(ports: Pick<S3Ports, "inner" | "clock">) {
    this.#ports = ports;
  }

  /** With what the role may do now. Throws AssumeRoleNotPermitted where it does not trust S3. */
  async of(role: string, source: Bucket): Promise<Actor> {
    const nowMs = this.#ports.clock.nowMs();
    const name = `${role} ${source.id}`;
    const held = this.#held.get(name);
    if (held !== undefined && held.untilMs > nowMs) return (await held.actor).now();
    if (this.#held.size >= MOST_KEPT) this.#held.clear();
    const actor = this.#assume(role, source);
    this.#held.set(name, { actor, untilMs: nowMs + KEPT_MS });
    actor.catch(() => this.#held.delete(name)); // awaited by each that needs it
    return (await actor).now();
  }

  async #assume(role: string, { account, region, name }: Bucket): Promise<RoleActor> {
    try {
      const behalf = { account, region, sourceArn: bucketArn(name) };
      return await this.#ports.inner.asRole("s3.amazonaws.com", role, "s3-replication", behalf);
    } catch (thrown) {
      if (!isAwsError(thrown) || isServerFault(thrown)) throw thrown;
      throw errors.replicationRefused(
        "AssumeRoleNotPermitted",
        "The role of the replication configuration cannot be assumed.",
      );
    }
  }
}
