import { LIMITS, needs } from "../../base/index.js";
import type { TaskResult, TokenTask } from "./agent-messages.js";
import type { Tokens, TokenUse } from "./port.js";
import { TokenAgent, type TokenAgentOptions } from "./token-agent.js";
import { TokenError } from "./token-error.js";
import type { TokenPlace } from "./token-place.js";

export interface TokenAgentsOptions extends Omit<TokenAgentOptions, "place"> {
  /** By cluster id. */
  readonly clusters: ReadonlyMap<string, TokenPlace>;
}

/** All tokens of the settings, an agent each, born when first used. */
export class TokenAgents implements Tokens {
  readonly #options: TokenAgentsOptions;
  readonly #agents = new Map<string, TokenAgent>();

  constructor(options: TokenAgentsOptions) {
    this.#options = options;
  }

  async connect(use: TokenUse): Promise<void> {
    await this.#perform(use, { op: "connect" });
  }

  async createKey(use: TokenUse, label: string): Promise<string> {
    return textOf(await this.#perform(use, { op: "createKey", label }));
  }

  async seal(use: TokenUse, key: string, plaintext: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    return bytesOf(await this.#perform(use, { op: "seal", key, data: plaintext, aad }));
  }

  async open(use: TokenUse, key: string, sealed: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    return bytesOf(await this.#perform(use, { op: "open", key, data: sealed, aad }));
  }

  async destroyKey(use: TokenUse, key: string): Promise<void> {
    await this.#perform(use, { op: "destroyKey", key });
  }

  async random(use: TokenUse, count: number): Promise<Buffer> {
    needs(count > 0 && count <= LIMITS.dataKeyBytes, "the API bounds how much is asked for");
    return bytesOf(await this.#perform(use, { op: "random", count }));
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.close();
  }

  async #perform({ cluster, pin }: TokenUse, task: TokenTask): Promise<TaskResult> {
    return this.#agentOf(cluster).perform(task, pin);
  }

  #agentOf(cluster: string): TokenAgent {
    const place = this.#options.clusters.get(cluster);
    if (place === undefined) throw new TokenError("no-cluster");
    const agent = this.#agents.get(cluster) ?? new TokenAgent({ ...this.#options, place });
    this.#agents.set(cluster, agent);
    return agent;
  }
}

function textOf(result: TaskResult): string {
  needs(typeof result === "string", "an agent of our own answers what was asked");
  return result;
}

function bytesOf(result: TaskResult): Buffer {
  needs(result instanceof Uint8Array, "an agent of our own answers what was asked");
  return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
}
