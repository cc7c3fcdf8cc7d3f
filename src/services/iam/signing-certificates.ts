import type { SigningCertificate } from "../../identity/index.js";
import type { KeyOwner } from "./access-keys.js";
import { noSuchEntity } from "./errors.js";

export const noSuchCertificate = (id: string) => noSuchEntity(`The Certificate with id ${id} cannot be found.`);

/** A root's certificates belong to the account's number: no unique id looks like one. */
export const holderOf = ({ account, userId }: KeyOwner) => ({ account, ownerId: userId ?? account });

export const shownSigningCertificate = (owner: KeyOwner, certificate: SigningCertificate) => ({
  UserName: owner.name,
  CertificateId: certificate.name,
  CertificateBody: certificate.body,
  Status: certificate.status,
  UploadDate: new Date(certificate.uploadedMs),
});
