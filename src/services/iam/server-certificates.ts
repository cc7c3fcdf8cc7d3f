import { type ServerCertificate, serverCertificates } from "../../identity/index.js";
import { noSuchEntity } from "./errors.js";
import { aboutThing, arnOf, type ThingKind } from "./things.js";

export const SERVER_CERTIFICATES: ThingKind<ServerCertificate> = {
  items: serverCertificates,
  word: "server-certificate",
  noSuch: (name) => noSuchEntity(`The Server Certificate with name ${name} cannot be found.`),
};

/** `target` and `checks` of an operation on one server certificate. */
export const aboutServerCertificate = <Input extends { readonly ServerCertificateName: string }>(
  action: string,
  values?: (input: Input) => readonly (readonly [string, string | readonly string[]])[],
) => aboutThing(SERVER_CERTIFICATES, action, (input: Input) => input.ServerCertificateName, values);

export const takenCertificate = (name: string) => `The Server Certificate with name ${name} already exists.`;

export const certificateMetadata = (certificate: ServerCertificate) => ({
  Path: certificate.path,
  ServerCertificateName: certificate.name,
  ServerCertificateId: certificate.id,
  Arn: arnOf(SERVER_CERTIFICATES, certificate),
  UploadDate: new Date(certificate.uploadedMs),
  Expiration: new Date(certificate.expiresMs),
});
