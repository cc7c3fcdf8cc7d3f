import { readFileSync } from "node:fs";
import type { Clock, Log } from "../base/index.js";
import { credentialsIn, type OwnerCredentials, type Settings, SettingsError } from "../cli/index.js";
import { Secret } from "../crypto/index.js";
import { signRequest } from "../identity/index.js";
import {
  agentLauncher,
  type CallKms,
  kmsCaller,
  type OpenToken,
  type ProviderRecord,
  ROOT_TOKEN,
  type RootOffer,
  TokenAgents,
} from "../keystore/index.js";
import { CREDENTIAL_VARIABLES } from "./credential-variables.js";
import { realClock } from "./real.js";

/** Where the secrets are that open a root in a token or under another KMS; never the secrets themselves. */
export type RootSources = Pick<Settings, "rootPinFile" | "rootPinEnv" | "rootCredentialsFile" | "rootCa">;

/** What this process can bring to a root of trust without asking anybody. */
export interface RootAccess {
  readonly openToken: OpenToken;
  readonly callKms: CallKms | undefined;
  /** A copy for each use. */
  pin(): Secret | undefined;
}

export interface RootTools {
  readonly programFile: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads the secrets, and takes those of the environment out of it: no process that is started later inherits them. */
export function takeRootAccess(sources: RootSources, { programFile, clock, log }: RootTools): RootAccess {
  const pin = takePin(sources);
  const credentials = takeCredentials(sources);
  const launch = agentLauncher(programFile);
  return {
    openToken: (place) => new TokenAgents({ clusters: new Map([[ROOT_TOKEN, place]]), launch, clock, log }),
    callKms: credentials && callKmsAs(credentials, sources.rootCa),
    pin: () => (pin === undefined ? undefined : Secret.own(Buffer.from(pin))),
  };
}

/** Undefined where somebody has to be asked first. */
export function offerAtStart(record: ProviderRecord, access: RootAccess): RootOffer | undefined {
  if (record.kind === "file") return { kind: "file" };
  const pin = record.kind === "pkcs11" ? access.pin() : undefined;
  if (pin !== undefined) return { kind: "pkcs11", pin, openToken: access.openToken };
  if (record.kind === "kms" && access.callKms !== undefined) return { kind: "kms", callKms: access.callKms };
  return undefined;
}

function takePin({ rootPinFile: file, rootPinEnv: name }: RootSources): Buffer | undefined {
  if (file !== "") return Buffer.from(readFileSync(file, "utf8").replace(/\r?\n$/, ""), "utf8");
  if (name === "") return undefined;
  const text = process.env[name];
  delete process.env[name];
  if (text === undefined || text === "") throw new SettingsError(`--root-pin-env: there is no variable ${name}`);
  return Buffer.from(text, "utf8");
}

function takeCredentials({ rootCredentialsFile: file }: RootSources): OwnerCredentials | undefined {
  const [accessKeyId, secretAccessKey, sessionToken] = CREDENTIAL_VARIABLES.map((name) => process.env[name]);
  for (const name of CREDENTIAL_VARIABLES) delete process.env[name];
  if (file !== "") {
    const found = credentialsIn(file);
    if (found === undefined) throw new SettingsError(`${file} holds no credentials.`);
    return found;
  }
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** Signed with the machine's time, which is the other KMS's too; ours may have been moved for study. */
function callKmsAs(credentials: OwnerCredentials, caFile: string): CallKms {
  return kmsCaller({
    sign: (request) => signRequest({ ...request, service: "kms", credentials, date: realClock.now() }),
    ca: caFile === "" ? undefined : readFileSync(caFile, "utf8"),
    clock: realClock,
  });
}
