import type { Clients } from "../harness/clients.js";
import type { Seeded } from "../harness/seeded.js";
import { type Server, startServer } from "../harness/server.js";
import type { Register, Stage } from "./row.js";
import { SERVICES } from "./services.js";
import { errorOfCall, stageOf } from "./stage.js";

/** What one register was promised. */
export interface Ledger {
  readonly register: Register;
  /** The last value whose write was acknowledged. */
  acknowledged: string | undefined;
  /** The value whose write got no answer: it may be there or not. */
  pending: string | undefined;
  writes: number;
}

export interface CrashOptions {
  readonly dataFolder: string;
  readonly chance: Seeded;
  readonly rounds: number;
  /** Of every answer to the root clients, refusals too: it was acknowledged. */
  readonly onAnswer?: (requestId: string) => void;
  /** With the server up again and nothing written yet. */
  readonly afterRestart: (stage: Stage, ledgers: readonly Ledger[], round: number) => Promise<void>;
}

/** Writes every register without pause, kills everything at a random moment, starts again, and asks; several times. */
export async function crashRounds(options: CrashOptions): Promise<readonly Ledger[]> {
  let server: Server = await startServer({ dataFolder: options.dataFolder });
  try {
    let stage = await stageOf(server);
    const ledgers = await newLedgers(stage);
    let writes = 0;
    const nextValue = () => `r${String(++writes).padStart(7, "0")}`;
    for (const ledger of ledgers) await writeOne(stage, ledger, nextValue());
    for (let round = 1; round <= options.rounds; round += 1) {
      observe(stage.root, options.onAnswer);
      const cut = { isCut: false };
      const goal = new Goal(30 + options.chance.below(150));
      const writers = Promise.all(
        ledgers.map((ledger) => keepWriting(stage, ledger, nextValue, cut, () => goal.count())),
      );
      await Promise.race([goal.reached, writers]);
      // Half of the kills come at the very moment of an acknowledgement, the others at any.
      if (options.chance.below(2) === 0) await pause(options.chance.below(30));
      cut.isCut = true;
      await server.kill();
      await writers;
      server = await startServer({ dataFolder: options.dataFolder });
      stage = await stageOf(server);
      await options.afterRestart(stage, ledgers, round);
    }
    return ledgers;
  } finally {
    await server.stop();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells when so many more writes were acknowledged: a slow machine is loaded as much as a fast one. */
class Goal {
  readonly reached: Promise<void>;
  #left: number;
  #reach: () => void = () => {};

  constructor(writes: number) {
    this.#left = writes;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
  }

  count(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#reach();
  }
}

async function newLedgers(stage: Stage): Promise<Ledger[]> {
  const registers: Register[] = [];
  for (const service of SERVICES) registers.push(...(await service.registers(stage)));
  return registers.map((register) => ({ register, acknowledged: undefined, pending: undefined, writes: 0 }));
}

async function writeOne(stage: Stage, ledger: Ledger, value: string, onWritten = () => {}): Promise<void> {
  ledger.pending = value;
  await ledger.register.write(stage, value);
  ledger.acknowledged = value;
  ledger.pending = undefined;
  ledger.writes += 1;
  onWritten();
}

/** Writes and reads again until the kill. What fails before it is a failure of the server and is told. */
async function keepWriting(
  stage: Stage,
  ledger: Ledger,
  next: () => string,
  cut: { readonly isCut: boolean },
  onWritten: () => void,
): Promise<void> {
  while (!cut.isCut) {
    const value = next();
    const error = await errorOfCall(
      writeOne(stage, ledger, value, onWritten).then(async () => {
        const read = await ledger.register.read(stage);
        if (read !== value) throw new Error(`wrote ${value} and read ${read}, with another worker perhaps`);
      }),
    );
    if (error === undefined) continue;
    if (cut.isCut) return;
    throw new Error(`${ledger.register.name}: ${error.name}: ${error.message}`);
  }
}

type Next = (args: object) => Promise<{ readonly output: unknown }>;

interface Observable {
  readonly middlewareStack: { add(middleware: (next: Next) => Next, options: { step: "initialize" }): void };
}

/** Tells of each answer's request id. */
function observe(clients: Clients, onAnswer: ((requestId: string) => void) | undefined): void {
  if (onAnswer === undefined) return;
  const tell = (answer: unknown) => {
    const { $metadata } = answer as { $metadata?: { requestId?: string; httpStatusCode?: number } }; // as clients answer
    if ($metadata?.requestId !== undefined && $metadata.httpStatusCode !== undefined) onAnswer($metadata.requestId);
  };
  const middleware = (next: Next) => async (args: object) => {
    try {
      const result = await next(args);
      tell(result.output);
      return result;
    } catch (thrown) {
      tell(thrown);
      throw thrown;
    }
  };
  // Each client's stack has types of its own; all take such a middleware.
  for (const client of Object.values(clients) as unknown as Observable[]) {
    client.middlewareStack.add(middleware, { step: "initialize" });
  }
}
