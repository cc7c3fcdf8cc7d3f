import { type Item, itemsOf } from "./directory/items.js";
import type { Tag } from "./directory.js";

export type CredentialStatus = "Active" | "Inactive";

/** A user's key for SSH. Its name is its id (`APKA…`). */
export interface SshPublicKey extends Item {
  /** `ssh-rsa AAAA…`, without the comment. */
  readonly line: string;
  readonly fingerprint: string;
  readonly status: CredentialStatus;
  readonly uploadedMs: number;
}

export const sshPublicKeys = itemsOf<SshPublicKey>("ssh-public-key");

/** What a user, or an account's root, signs SOAP requests with elsewhere. Its name is its id, made of its bytes. */
export interface SigningCertificate extends Item {
  readonly body: string;
  readonly status: CredentialStatus;
  readonly uploadedMs: number;
}

export const signingCertificates = itemsOf<SigningCertificate>("signing-certificate");

/** A certificate of a server. Its private key was compared with it and forgotten: nothing here serves with it. */
export interface ServerCertificate extends Item {
  readonly id: string;
  readonly body: string;
  readonly chain?: string;
  readonly uploadedMs: number;
  readonly expiresMs: number;
  readonly tags: readonly Tag[];
}

export const serverCertificates = itemsOf<ServerCertificate>("server-certificate");

/** A user's password or token for one service. Its name is its id (`ACCA…`). */
export interface ServiceCredential extends Item {
  /** `codecommit.amazonaws.com`. */
  readonly service: string;
  readonly alias: string;
  /** SHA-256 of the secret, in hex: it has 256 random bits, so nothing slower is needed. */
  readonly digest: string;
  readonly status: CredentialStatus;
  readonly createdMs: number;
  readonly expiresMs?: number;
}

export const serviceCredentials = itemsOf<ServiceCredential>("service-credential");

/** The account's last credential report. There is one at most, named `report`. */
export interface StoredCredentialReport extends Item {
  readonly content: string;
  readonly generatedMs: number;
}

export const credentialReports = itemsOf<StoredCredentialReport>("credential-report");

/** What somebody was told about the last uses of services. Its name is the job's id. */
export interface AccessReport extends Item {
  /** Whose report it is: a user, group, role or policy. */
  readonly arn: string;
  readonly createdMs: number;
  readonly services: readonly ServiceUse[];
}

export interface ServiceUse {
  readonly service: string;
  /** Who may use it by this report's policies, and when each last did. The latest is first. */
  readonly users: readonly {
    readonly arn: string;
    readonly id: string;
    readonly atMs: number;
    readonly region: string;
  }[];
}

export const accessReports = itemsOf<AccessReport>("access-report");
