import type { ChildProcess } from "node:child_process";
import { type Clock, equalBytes, LIMITS, type Log, needs, SECOND_MS } from "../../base/index.js";
import { newSecret, sha256 } from "../../crypto/index.js";
import type { FromAgent, TaskResult, TokenTask } from "./agent-messages.js";
import type { LaunchAgent } from "./launch.js";
import { isTokenReason, TokenError } from "./token-error.js";
import type { TokenPlace } from "./token-place.js";

/** What the tasks before it take, and its own: a module that is silent for longer hangs. */
const ANSWER_MS = 10 * SECOND_MS;
/** An agent that dies at once is not born again at every request. */
const REBIRTH_MS = SECOND_MS;

export interface TokenAgentOptions {
  readonly place: TokenPlace;
  readonly launch: LaunchAgent;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly take: (answer: FromAgent) => void;
  readonly fail: (why: string) => void;
}

/**
 * One token, as the custodian uses it: an agent's process that is born when first needed, killed when it is silent
 * for too long, and born again after its death. What was under way then fails with `unreachable`.
 */
export class TokenAgent {
  readonly #options: TokenAgentOptions;
  readonly #salt = newSecret();
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #bornAtMs = Number.NEGATIVE_INFINITY;
  #lastId = 0;
  #refused: Buffer | undefined;
  #isClosed = false;

  constructor(options: TokenAgentOptions) {
    this.#options = options;
  }

  /** For tests and the operator: the agent's process, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The PIN stays the caller's. */
  async perform(task: TokenTask, pin: Uint8Array): Promise<TaskResult> {
    const mark = this.#salt.use((salt) => sha256(Buffer.concat([salt, pin])));
    // Tokens count wrong PINs and lock: one that was refused is not offered again until somebody connects anew.
    const wasRefused = this.#refused !== undefined && equalBytes(this.#refused, mark);
    if (wasRefused && task.op !== "connect") throw new TokenError("wrong-pin");
    const answer = await this.#ask(task, pin);
    if ("result" in answer) {
      if (wasRefused) this.#refused = undefined;
      return answer.result;
    }
    const { reason, detail } = answer;
    needs(isTokenReason(reason), "an agent fails with a reason");
    if (reason === "wrong-pin" || reason === "pin-locked") this.#refused = mark;
    if (reason !== "bad-ciphertext") this.#options.log.warn("token-failed", { op: task.op, reason, detail });
    throw new TokenError(reason, detail);
  }

  close(): void {
    this.#isClosed = true;
    this.#end("closed");
  }

  #ask(task: TokenTask, pin: Uint8Array): Promise<FromAgent> {
    if (this.#waiting.size >= LIMITS.tokenTasksWaiting) throw new TokenError("unreachable", "too many tasks wait");
    const child = this.#living();
    if (this.#waiting.size === 0) holdProcess(child);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new TokenError("unreachable", why));
      const cancel = this.#options.clock.after(ANSWER_MS, () => this.#end("silent for too long"));
      this.#waiting.set(id, {
        take: (answer) => {
          cancel();
          resolve(answer);
        },
        fail: (why) => {
          cancel();
          fail(why);
        },
      });
      child.send({ kind: "task", id, pin, task }, (error) => error && this.#waiting.get(id)?.fail("not heard"));
    });
  }

  #living(): ChildProcess {
    if (this.#child !== undefined) return this.#child;
    const nowMs = this.#options.clock.nowMs();
    if (this.#isClosed || nowMs - this.#bornAtMs < REBIRTH_MS) throw new TokenError("unreachable", "the agent died");
    this.#bornAtMs = nowMs;
    const child = this.#options.launch();
    this.#child = child;
    child.on("message", (answer: FromAgent) => this.#hear(child, answer));
    child.on("error", () => this.#died(child, "could not be started"));
    child.on("exit", (code, signal) => this.#died(child, `ended with ${signal ?? code}`));
    child.send({ kind: "place", place: this.#options.place }, () => {}); // of a dead child its end tells
    return child;
  }

  #hear(child: ChildProcess, answer: FromAgent): void {
    if (child !== this.#child) return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) letProcessEnd(child);
    waiting?.take(answer);
  }

  #died(child: ChildProcess, why: string): void {
    if (child !== this.#child) return;
    this.#options.log.warn("token-agent-died", { why });
    this.#forget(why);
  }

  #end(why: string): void {
    const child = this.#child;
    this.#forget(why);
    child?.kill("SIGKILL");
  }

  #forget(why: string): void {
    this.#child = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of waiting) fail(why);
  }
}

/** Tasks under way keep the process alive; an idle agent does not. */
function holdProcess(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

function letProcessEnd(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}
