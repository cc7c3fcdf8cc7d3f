import { describeThrown, type Lease, type LeaseRequest, type Log } from "../base/index.js";
import { type Listener, openListener } from "../gateway/index.js";
import type { Front } from "./front.js";
import type { CustodianDoor, ToSupervisor, ToWorker, UnsealAnswer, UnsealOffer } from "./messages.js";

export interface WorkerPorts {
  readonly log: Log;
  /** Builds what answers while the root is sealed, and what answers once it is open. */
  openFront(
    start: Extract<ToWorker, { kind: "start" }>,
    unseal: (offer: UnsealOffer) => Promise<UnsealAnswer>,
    askLease: (request: LeaseRequest) => Promise<Lease>,
  ): Promise<Front>;
}

/** The front process: while the root is sealed it listens and says so; it serves as soon as the house is open. */
export function work(ports: WorkerPorts): void {
  let front: Promise<Front> | undefined;
  let opening: Promise<void> | undefined;
  let listener: Listener | undefined;
  let xksListener: Listener | undefined;
  let asked = 0;
  const waiting = new Map<number, (answer: UnsealAnswer) => void>();
  const leases = new Map<number, (lease: Lease) => void>();

  process.on("message", (message: ToWorker) => {
    void hear(message).catch((thrown) => {
      ports.log.error("worker-failed", describeThrown(thrown));
      say({ kind: "failed", reason: thrown instanceof Error ? thrown.message : "a worker could not start" });
    });
  });
  // The supervisor alone decides when a worker ends; without it there is nobody to serve for.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("disconnect", () => process.exit(0));
  say({ kind: "hello" });

  async function hear(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "start":
        return start(message);
      case "open":
        return open(message);
      case "unseal-answer":
        waiting.get(message.id)?.(message.answer);
        waiting.delete(message.id);
        return;
      case "lease-answer":
        leases.get(message.id)?.(message.lease);
        leases.delete(message.id);
        return;
      case "stop":
        await Promise.all([listener?.close(), xksListener?.close()]);
        await (await front)?.close();
        process.exit(0);
    }
  }

  async function start(message: Extract<ToWorker, { kind: "start" }>): Promise<void> {
    front = ports.openFront(message, unseal, askLease);
    const opened = await front;
    if (message.custodian !== undefined) await open(message.custodian);
    const { clock, tls, xksTls } = opened;
    if (xksTls !== undefined) {
      const { xksProxyPort, xksProxyHost } = message.settings;
      xksListener = openListener((request, response) => opened.answerXks(request, response), clock, xksTls);
      await xksListener.listen(xksProxyPort, xksProxyHost);
    }
    listener = openListener((request, response, expects) => opened.answer(request, response, expects), clock, tls);
    say({ kind: "listening", port: await listener.listen(message.settings.port, message.settings.host) });
  }

  /** The root may be opened between a worker's first word and the answer to it: then it is told twice. */
  function open(custodian: CustodianDoor): Promise<void> {
    opening ??= openOnce(custodian);
    return opening;
  }

  async function openOnce(custodian: CustodianDoor): Promise<void> {
    await (await front)?.open(custodian.socketPath, custodian.token);
    say({ kind: "opened" });
  }

  function unseal(offer: UnsealOffer): Promise<UnsealAnswer> {
    const id = ++asked;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      say({ kind: "unseal", id, offer });
    });
  }

  function askLease(request: LeaseRequest): Promise<Lease> {
    const id = ++asked;
    return new Promise((resolve) => {
      leases.set(id, resolve);
      say({ kind: "lease", id, request });
    });
  }

  function say(message: ToSupervisor): void {
    if (process.connected) process.send?.(message);
  }
}
