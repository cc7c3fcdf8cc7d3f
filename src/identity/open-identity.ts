import { type AccountId, Lru } from "../base/index.js";
import type { Database, ReadTx } from "../store/index.js";
import { newAccessKeyId } from "./access-key-id.js";
import { type Makers, newSecretAccessKey, wholeSeconds } from "./access-keys.js";
import { decodeDenial, encodeDenial } from "./authorization-message.js";
import type { Denied } from "./authorize.js";
import type { CallContext, Caller } from "./call.js";
import { callerOfArn } from "./caller-of-arn.js";
import { federatedCaller, roleCaller, rootCaller, userCaller } from "./callers.js";
import { directory } from "./directory-store.js";
import { NO_ORGANIZATIONS, type Organizations, OrganizationsReader } from "./organizations/placement.js";
import { arnOfUniqueId, type PrincipalFate, resolvePrincipal } from "./principals.js";
import { openSession, type Sealer, type SessionClaims, sealSession } from "./session-token.js";

/** A key that may sign: the secret for the signature, and the caller whom a good signature proves. */
export interface Credential {
  readonly found: true;
  readonly secret: string;
  readonly caller: Caller;
}

/** Why there is no credential. Protocols have words of their own for each. */
export interface NoCredential {
  readonly found: false;
  readonly why: "unknown-key" | "inactive-key" | "bad-token" | "expired-token";
}

type Answer = Credential | NoCredential;

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: Date;
}

/** Who callers are. Every answer holds as of the newest commit in the `iam` database, whichever process made it. */
export interface Identity {
  /** A session's key needs its token; a lasting key must come without one. A promise only for who has to be looked up. */
  callerOf(accessKeyId: string, sessionToken: string | undefined): Answer | Promise<Answer>;
  /** Credentials that any process of the house accepts until they expire. Stores nothing. */
  startSession(session: Omit<SessionClaims, "secret" | "issuedMs" | "expiresMs">, seconds: number): SessionCredentials;
  /** A refusal as services send it that tell only the caller's account why: what DecodeAuthorizationMessage opens. */
  encodeDenial(call: CallContext, denied: Denied): string;
  /** Undefined when it is none of this house's, or another account's. */
  decodeDenial(account: AccountId, encoded: string): string | undefined;
  resolvePrincipal(name: string): Promise<PrincipalFate>;
  arnOfUniqueId(uniqueId: string): Promise<string | undefined>;
  /** Who this ARN would be if it signed now: for explanations, and for what its owner set to work in its name. */
  callerOfArn(arn: string): Promise<Caller | undefined>;
  /** For callers who have no account: what the resources' organizations say holds for them too. */
  organizations(): Organizations | Promise<Organizations>;
}

export interface IdentityPorts extends Makers {
  /** Opened with `IDENTITY_MIGRATIONS`. */
  readonly database: Database;
  readonly sealer: Sealer;
}

interface Known {
  readonly token: string | undefined;
  readonly expiresMs: number;
  /** What a look-up gives, as soon as it has. */
  answer: Answer | Promise<Answer>;
}

const MOST_KNOWN = 10_000;

export function openIdentity(ports: IdentityPorts): Identity {
  const { database, clock, ids, sealer } = ports;
  const known = new Lru<string, Known>(MOST_KNOWN);
  let knownAt = database.version();
  const reader = new OrganizationsReader();
  let organizations: Organizations | undefined;

  /** What was read under an older version of the database is not believed any more. */
  function forgetIfChanged(): void {
    const version = database.version();
    if (version === knownAt) return;
    known.clear();
    organizations = undefined;
    knownAt = version;
  }

  function remember(accessKeyId: string, found: Promise<Answer>, rest: Omit<Known, "answer">): Promise<Answer> {
    const entry: Known = { ...rest, answer: found };
    known.set(accessKeyId, entry);
    const forget = () => {
      if (known.get(accessKeyId) === entry) known.delete(accessKeyId);
    };
    // Refusals are not kept: anyone can send them, and they would push out those who may come in.
    found.then((answer) => {
      if (answer.found) entry.answer = answer;
      else forget();
    }, forget);
    return found;
  }

  return {
    callerOf(accessKeyId, sessionToken) {
      forgetIfChanged();
      const entry = known.get(accessKeyId);
      if (entry?.token === sessionToken && entry !== undefined) {
        return clock.nowMs() < entry.expiresMs ? entry.answer : refused("expired-token");
      }
      if (sessionToken === undefined) {
        const answer = database.read(async (tx) => placed(await ofLastingKey(tx, accessKeyId), await reader.read(tx)));
        return remember(accessKeyId, answer, { token: undefined, expiresMs: Number.POSITIVE_INFINITY });
      }
      const claims = openSession(sealer, accessKeyId, sessionToken);
      if (claims === undefined) return refused("bad-token");
      if (clock.nowMs() >= claims.expiresMs) return refused("expired-token");
      const answer = database.read(async (tx) =>
        placed(await ofSession(tx, accessKeyId, claims), await reader.read(tx)),
      );
      return remember(accessKeyId, answer, { token: sessionToken, expiresMs: claims.expiresMs });
    },

    startSession(session, seconds) {
      const issuedMs = wholeSeconds(clock.now()).getTime();
      const expiresMs = issuedMs + seconds * 1000;
      const secret = newSecretAccessKey();
      const accessKeyId = newAccessKeyId("ASIA", session.account, ids);
      const sessionToken = sealSession(sealer, accessKeyId, { ...session, issuedMs, expiresMs, secret });
      return { accessKeyId, secretAccessKey: secret, sessionToken, expiresAt: new Date(expiresMs) };
    },

    encodeDenial: (call, denied) => encodeDenial(sealer, call, denied),
    decodeDenial: (account, encoded) => decodeDenial(sealer, account, encoded),
    resolvePrincipal: (name) => database.read((tx) => resolvePrincipal(tx, name)),
    arnOfUniqueId: (uniqueId) => database.read((tx) => arnOfUniqueId(tx, uniqueId)),
    callerOfArn: (arn) =>
      database.read(async (tx) => {
        const caller = await callerOfArn(tx, arn, clock);
        return caller && placedCaller(caller, await reader.read(tx));
      }),

    organizations() {
      forgetIfChanged();
      if (organizations !== undefined) return organizations;
      const version = knownAt;
      return database.read(async (tx) => {
        const read = await reader.read(tx);
        if (knownAt === version) organizations = read; // else it is of an older version than what is known
        return read;
      });
    },
  };
}

const placed = (answer: Answer, organizations: Organizations): Answer =>
  answer.found ? { ...answer, caller: placedCaller(answer.caller, organizations) } : answer;

/** The caller with what their organization says; callers of an account that is in none see other accounts' all the same. */
function placedCaller(caller: Caller, organizations: Organizations): Caller {
  if (organizations === NO_ORGANIZATIONS) return caller;
  const { serviceControl } = organizations.of(caller.account) ?? {};
  const policies = serviceControl === undefined ? caller.policies : { ...caller.policies, serviceControl };
  return { ...caller, policies, organizations };
}

const refused = (why: NoCredential["why"]): NoCredential => ({ found: false, why });

async function ofLastingKey(tx: ReadTx, accessKeyId: string): Promise<Credential | NoCredential> {
  const key = await directory.accessKey(tx, accessKeyId);
  if (key === undefined) return refused("unknown-key");
  if (key.status !== "Active" || (await isClosed(tx, key.account))) return refused("inactive-key");
  if (key.userId === undefined) {
    return { found: true, secret: key.secret, caller: rootCaller(key.account, accessKeyId) };
  }
  const user = await directory.userById(tx, key.userId);
  if (user === undefined) return refused("unknown-key");
  return { found: true, secret: key.secret, caller: await userCaller(tx, user, accessKeyId) };
}

/** Or gone. */
const isClosed = async (tx: ReadTx, account: AccountId): Promise<boolean> => {
  const found = await directory.account(tx, account);
  return found === undefined || found.closedAt !== undefined;
};

/** The token proves what was granted; whether its role or user is still there is asked anew. */
async function ofSession(tx: ReadTx, accessKeyId: string, claims: SessionClaims): Promise<Credential | NoCredential> {
  const caller = await sessionCaller(tx, accessKeyId, claims);
  return caller === undefined ? refused("bad-token") : { found: true, secret: claims.secret, caller };
}

async function sessionCaller(tx: ReadTx, accessKeyId: string, claims: SessionClaims): Promise<Caller | undefined> {
  const { of, account } = claims;
  if (await isClosed(tx, account)) return undefined;
  if (of.kind === "role") {
    const role = await directory.roleById(tx, of.id);
    return role && roleCaller(tx, role, of.name, accessKeyId, claims);
  }
  if (of.id === undefined) return rootCaller(account, accessKeyId, claims);
  const user = await directory.userById(tx, of.id);
  if (user === undefined) return undefined;
  return of.kind === "federated"
    ? federatedCaller(tx, user, of.name, accessKeyId, claims)
    : userCaller(tx, user, accessKeyId, claims);
}
