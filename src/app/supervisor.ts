import type { Worker as ClusterWorker } from "node:cluster";
import { describeThrown, type Log, TokenBuckets } from "../base/index.js";
import type { Settings } from "../cli/index.js";
import type { CustodianDoor, ToSupervisor, ToWorker, UnsealAnswer, UnsealOffer } from "./messages.js";
import { bearWorker, type YoungWorker } from "./young-workers.js";

/** A worker that dies so often so fast will not be helped by another start. */
const DEATHS_ALLOWED = 5;
const DEATH_WINDOW_MS = 10_000;
const STOP_GRACE_MS = 15_000;

export interface SupervisorPorts {
  readonly settings: Settings;
  readonly folder: string;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** Where the custodian answers, once the root is open. */
  readonly custodian: () => CustodianDoor | undefined;
  /** The root is there and waits for its owner. */
  readonly isSealed: () => boolean;
  readonly unseal: (offer: UnsealOffer) => Promise<UnsealAnswer>;
  readonly onFatal: (reason: string) => void;
}

export interface Supervisor {
  /** Resolves with the port when the first worker listens and, where the root is open, has opened the house. */
  readonly ready: Promise<number>;
  /** The root was opened: every worker opens the house. Resolves when all of them have. */
  open(): Promise<void>;
  /** Asks again whether the first is ready: the root turned out to be sealed. */
  look(): void;
  stop(): Promise<void>;
}

interface Slot {
  readonly number: number;
  worker: ClusterWorker;
  /** It has said that it hears. */
  hears: boolean;
  port: number | undefined;
  opened: boolean;
}

/**
 * Keeps one front process a slot alive; a slot's number is its place in the audit trail. The first has the cores for
 * itself until it serves, which is when the others are born. `young` is taken first.
 */
export function supervise(ports: SupervisorPorts, workerFile: string, young: YoungWorker[]): Supervisor {
  const buckets = new TokenBuckets(ports.nowMs);
  const deaths: number[] = [];
  let stopping = false;
  const waitForOpen: (() => void)[] = [];
  let report = () => {};
  const slots: Slot[] = [born(0)];
  const ready = new Promise<number>((resolve) => {
    report = () => {
      const first = slots[0];
      if (first?.port !== undefined && (first.opened || ports.isSealed())) {
        resolve(first.port);
        bearOthers();
      }
      if (slots.every((slot) => slot.opened)) for (const told of waitForOpen.splice(0)) told();
    };
  });

  function bearOthers(): void {
    while (slots.length < ports.settings.workers && !stopping) slots.push(born(slots.length));
  }

  function born(number: number): Slot {
    const taken = young.shift() ?? bearWorker(workerFile);
    const { worker } = taken;
    const slot: Slot = { number, worker, hears: false, port: undefined, opened: false };
    worker.once("exit", (code, signal) => died(slot, code, signal));
    // What it has said already is heard when all slots are there.
    queueMicrotask(() => taken.listen((message) => hear(slot, message)));
    return slot;
  }

  function startSlot(slot: Slot): void {
    slot.hears = true;
    const { settings, folder } = ports;
    tell(slot, { kind: "start", slot: slot.number, settings, folder, custodian: ports.custodian() });
  }

  function openSlot(slot: Slot): void {
    const custodian = ports.custodian();
    if (custodian !== undefined && slot.hears) tell(slot, { kind: "open", ...custodian });
  }

  function hear(slot: Slot, message: ToSupervisor): void {
    if (message.kind === "hello") {
      // Born while the house was being closed: what was said before it listened is lost.
      if (stopping) tell(slot, { kind: "stop" });
      else startSlot(slot);
    }
    if (message.kind === "listening") slot.port = message.port;
    if (message.kind === "opened") slot.opened = true;
    if (message.kind === "failed") ports.onFatal(message.reason);
    if (message.kind === "lease") {
      tell(slot, { kind: "lease-answer", id: message.id, lease: buckets.lease(message.request) });
    }
    if (message.kind === "unseal") {
      void ports.unseal(message.offer).then(
        (answer) => tell(slot, { kind: "unseal-answer", id: message.id, answer }),
        (thrown) => ports.onFatal(thrown instanceof Error ? thrown.message : "the root could not be opened"),
      );
    }
    report();
  }

  function died(slot: Slot, code: number, signal: string): void {
    if (stopping) return;
    ports.log.warn("worker-died", { slot: slot.number, code, signal });
    const now = ports.nowMs();
    deaths.push(now);
    const recent = deaths.filter((at) => now - at < DEATH_WINDOW_MS).length;
    if (recent > DEATHS_ALLOWED) ports.onFatal("the workers keep dying; see the log");
    else slots[slot.number] = born(slot.number);
  }

  return {
    ready,
    open() {
      slots.forEach(openSlot);
      return new Promise((resolve) => {
        waitForOpen.push(resolve);
        report();
      });
    },
    look: () => report(),
    async stop() {
      stopping = true;
      await Promise.all(slots.map((slot) => stopped(slot)));
    },
  };

  function stopped(slot: Slot): Promise<void> {
    if (slot.worker.isDead()) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = ports.after(STOP_GRACE_MS, () => slot.worker.process.kill("SIGKILL"));
      slot.worker.once("exit", () => {
        cancel();
        resolve();
      });
      tell(slot, { kind: "stop" });
    });
  }

  function tell(slot: Slot, message: ToWorker): void {
    if (!slot.worker.isConnected()) return;
    slot.worker.send(message, (error) => {
      if (error) ports.log.warn("worker-unreachable", { slot: slot.number, ...describeThrown(error) });
    });
  }
}
