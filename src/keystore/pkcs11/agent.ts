import { needs } from "../../base/index.js";
import type { FromAgent, TaskResult, ToAgent, TokenTask } from "./agent-messages.js";
import { TokenError, type TokenReason } from "./token-error.js";
import { createKey, destroyKey, findKey, type KnownKeys, type OpenSession, openWith, sealWith } from "./token-keys.js";
import { TokenSession } from "./token-session.js";

/** The agent's end of the channel: the process it runs in. */
export interface AgentChannel {
  onMessage(hear: (message: ToAgent) => void): void;
  onDisconnect(end: () => void): void;
  send(message: FromAgent): void;
  exit(): void;
}

/** Failures that say something about the task and not about the session it ran in. */
const FINAL: ReadonlySet<TokenReason> = new Set(["bad-ciphertext", "wrong-pin", "pin-locked", "no-user", "user-busy"]);

/**
 * Serves one token to its parent, one task after the other: PKCS#11 blocks, and a bad module takes this process with
 * it and no other. A session that broke is built anew once within the task that found it broken.
 */
export function serveToken(channel: AgentChannel): void {
  let agent: Agent | undefined;
  channel.onMessage((message) => {
    if (message.kind === "place") {
      agent = new Agent(new TokenSession(message.place));
      return;
    }
    needs(agent !== undefined, "the place comes first");
    channel.send({ id: message.id, ...answer(agent, message.task, message.pin) });
  });
  channel.onDisconnect(() => channel.exit());
}

type Answer = { readonly result: TaskResult } | { readonly reason: TokenReason; readonly detail: string };

function answer(agent: Agent, task: TokenTask, pin: Uint8Array): Answer {
  try {
    return { result: agent.perform(task, pin) };
  } catch (thrown) {
    if (thrown instanceof TokenError) return { reason: thrown.reason, detail: thrown.detail };
    return { reason: "unreachable", detail: thrown instanceof Error ? thrown.message.slice(0, 300) : "" };
  } finally {
    pin.fill(0);
  }
}

class Agent {
  readonly #session: TokenSession;
  readonly #known: KnownKeys = new Map();

  constructor(session: TokenSession) {
    this.#session = session;
  }

  perform(task: TokenTask, pin: Uint8Array): TaskResult {
    try {
      return this.#try(task, pin);
    } catch (thrown) {
      if (thrown instanceof TokenError && FINAL.has(thrown.reason)) throw thrown;
      this.#reset();
      return this.#tryAgain(task, pin);
    }
  }

  #tryAgain(task: TokenTask, pin: Uint8Array): TaskResult {
    try {
      return this.#try(task, pin);
    } catch (thrown) {
      if (!(thrown instanceof TokenError && FINAL.has(thrown.reason))) this.#reset();
      throw thrown;
    }
  }

  #reset(): void {
    this.#known.clear();
    this.#session.reset();
  }

  #try(task: TokenTask, pin: Uint8Array): TaskResult {
    const open = this.#session.enter(pin, { anew: task.op === "connect" });
    if (task.op === "connect") this.#known.clear(); // what a logout hides gets another handle
    return task.op === "connect" ? undefined : run(open, this.#known, task);
  }
}

function run(open: OpenSession, known: KnownKeys, task: Exclude<TokenTask, { op: "connect" }>): TaskResult {
  switch (task.op) {
    case "createKey":
      return createKey(open, task.label);
    case "seal":
      return sealWith(open, findKey(open, known, task.key), task.data, task.aad);
    case "open":
      return openWith(open, findKey(open, known, task.key), task.data, task.aad);
    case "destroyKey":
      destroyKey(open, known, task.key);
      return undefined;
    case "random":
      return open.module.random(open.session, task.count);
  }
}
