import { Lru, MINUTE_MS, utf8 } from "../../base/index.js";
import { canonicalContext, SealingKey, Secret } from "../../crypto/index.js";
import type { CallContext } from "../../identity/index.js";
import type { DataKey, Keys } from "../../kms/index.js";
import { type Pair, packPair, unpackPair, WRAPPED } from "./wrapped-key.js";

/** AWS does not say how long; a change of any key, grant, policy or caller ends it sooner. */
const LIFE_MS = 5 * MINUTE_MS;
const MOST_OF_A_CALLER = 1000;

/** Which object a key is for: bound into its wrapping, so that no wrapped key stands in for another's. */
export interface ObjectName {
  readonly bucketId: string;
  readonly key: string;
}

interface Held {
  readonly keyArn: string;
  readonly blob: Uint8Array;
  readonly sealing: SealingKey;
  readonly epoch: number;
  readonly untilMs: number;
}

/**
 * Bucket-level keys (s3 section 4.1): one KMS call makes a key under which one requester's object keys are wrapped
 * for a while. It is held for exactly this caller, as the caller's policies were when KMS was asked, and dies with
 * the first change of any KMS key, grant or policy: revocation is as quick as without bucket keys.
 */
export class BucketKeys {
  readonly #keys: Keys;
  /** Callers are made anew when anything of theirs changes, and what was held for the old one goes with it. */
  readonly #held = new WeakMap<CallContext["caller"], Lru<string, Held>>();
  /** What KMS has been asked for and has not answered yet. */
  readonly #asked = new WeakMap<CallContext["caller"], Map<string, Promise<Held>>>();

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** Wraps the object's key, which stays the caller's. `context` is the bucket's. */
  async wrap(
    call: CallContext,
    keyId: string,
    context: Readonly<Record<string, string>>,
    object: ObjectName,
    secret: Secret,
  ) {
    const name = `write ${object.bucketId} ${keyId}`;
    const held =
      this.#find(call, name) ??
      (await this.#join(call, name, (own) => this.#keys.generateDataKey(own, keyId, context)));
    const sealed = secret.use((bytes) => held.sealing.seal(bytes, binding(object)));
    return {
      wrapped: packPair(WRAPPED.underBucketKey, { first: held.blob, second: sealed }),
      keyArn: held.keyArn,
    };
  }

  /** Undefined when `wrapped` was not made by `wrap`: then KMS itself wrapped the object's key. */
  open(
    call: CallContext,
    wrapped: Uint8Array,
    context: Readonly<Record<string, string>>,
    object: ObjectName,
  ): Promise<Secret> | undefined {
    const parts = unpackPair(WRAPPED.underBucketKey, wrapped);
    return parts && this.#open(call, parts, context, object);
  }

  async #open(
    call: CallContext,
    { first: blob, second: sealed }: Pair,
    context: Readonly<Record<string, string>>,
    object: ObjectName,
  ) {
    const name = readName(blob);
    const held =
      this.#find(call, name) ?? (await this.#join(call, name, (own) => this.#keys.decryptDataKey(own, blob, context)));
    return Secret.own(held.sealing.open(sealed, binding(object)));
  }

  #find({ caller, time }: CallContext, name: string): Held | undefined {
    const held = this.#held.get(caller)?.get(name);
    return held !== undefined && held.epoch === this.#keys.epoch() && held.untilMs > time.getTime() ? held : undefined;
  }

  /**
   * Requests of one caller that come while KMS is being asked wait for its answer. A refusal is the first one's alone,
   * whose address or TLS may be what was refused: whoever waited then asks in its own name.
   */
  async #join(call: CallContext, name: string, ask: (call: CallContext) => Promise<DataKey>): Promise<Held> {
    const asked = this.#asked.get(call.caller) ?? new Map<string, Promise<Held>>();
    this.#asked.set(call.caller, asked);
    const others = asked.get(name);
    if (others !== undefined) {
      await others.catch(() => {}); // its own request tells of it
      const held = this.#find(call, name);
      if (held !== undefined) return held;
    }
    const own = this.#ask(call, name, ask);
    if (asked.has(name)) return own;
    asked.set(name, own);
    try {
      return await own;
    } finally {
      asked.delete(name);
    }
  }

  /** The epoch is read before KMS is asked: a change in between is not missed. */
  async #ask(given: CallContext, name: string, ask: (call: CallContext) => Promise<DataKey>): Promise<Held> {
    const epoch = this.#keys.epoch();
    const call = { ...given, records: undefined }; // other calls will use the key: its record cannot wait for the end of this one
    const { keyArn, blob, plaintext } = await ask(call);
    const held = { keyArn, blob, sealing: SealingKey.of(plaintext), epoch, untilMs: call.time.getTime() + LIFE_MS };
    plaintext.wipe();
    const ofCaller = this.#held.get(call.caller) ?? new Lru<string, Held>(MOST_OF_A_CALLER);
    this.#held.set(call.caller, ofCaller);
    for (const each of [name, readName(blob)]) ofCaller.set(each, held);
    return held;
  }
}

const readName = (blob: Uint8Array) => `read ${Buffer.from(blob).toString("latin1")}`;

const binding = ({ bucketId, key }: ObjectName): Buffer =>
  Buffer.concat([utf8("s3-object-key/1\0"), canonicalContext({ bucket: bucketId, key })]);
