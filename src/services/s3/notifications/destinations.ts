/** How a message fared. `refused`: somebody answered, and does not want this one; `failed`: it may go well later. */
export type Sent = "taken" | "refused" | "failed";

/**
 * Where events go: the operator says for each ARN what stands behind it here. Nobody else can make this house call
 * an address, and what has no destination is refused when it is configured.
 */
export interface EventDestinations {
  has(arn: string): boolean;
  /** One message. Never throws: what went wrong is logged, without its address. */
  send(arn: string, body: string): Promise<Sent>;
}

export const NO_DESTINATIONS: EventDestinations = { has: () => false, send: async () => "failed" };
