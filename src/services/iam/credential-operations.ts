import { createServiceSpecificCredential } from "./operations/create-service-specific-credential.js";
import { deleteServerCertificate } from "./operations/delete-server-certificate.js";
import { deleteServiceSpecificCredential } from "./operations/delete-service-specific-credential.js";
import { deleteSigningCertificate } from "./operations/delete-signing-certificate.js";
import { deleteSSHPublicKey } from "./operations/delete-ssh-public-key.js";
import { getMFADevice } from "./operations/get-mfa-device.js";
import { getServerCertificate } from "./operations/get-server-certificate.js";
import { getSSHPublicKey } from "./operations/get-ssh-public-key.js";
import { listServerCertificateTags } from "./operations/list-server-certificate-tags.js";
import { listServerCertificates } from "./operations/list-server-certificates.js";
import { listServiceSpecificCredentials } from "./operations/list-service-specific-credentials.js";
import { listSigningCertificates } from "./operations/list-signing-certificates.js";
import { listSSHPublicKeys } from "./operations/list-ssh-public-keys.js";
import { resetServiceSpecificCredential } from "./operations/reset-service-specific-credential.js";
import { tagServerCertificate } from "./operations/tag-server-certificate.js";
import { untagServerCertificate } from "./operations/untag-server-certificate.js";
import { updateServerCertificate } from "./operations/update-server-certificate.js";
import { updateServiceSpecificCredential } from "./operations/update-service-specific-credential.js";
import { updateSigningCertificate } from "./operations/update-signing-certificate.js";
import { updateSSHPublicKey } from "./operations/update-ssh-public-key.js";
import { uploadServerCertificate } from "./operations/upload-server-certificate.js";
import { uploadSigningCertificate } from "./operations/upload-signing-certificate.js";
import { uploadSSHPublicKey } from "./operations/upload-ssh-public-key.js";

/** Users' keys and certificates for other protocols, servers' certificates, and what belongs to one service. */
export const CREDENTIAL_OPERATIONS = [
  createServiceSpecificCredential,
  deleteServerCertificate,
  deleteServiceSpecificCredential,
  deleteSigningCertificate,
  deleteSSHPublicKey,
  getMFADevice,
  getServerCertificate,
  getSSHPublicKey,
  listServerCertificateTags,
  listServerCertificates,
  listServiceSpecificCredentials,
  listSigningCertificates,
  listSSHPublicKeys,
  resetServiceSpecificCredential,
  tagServerCertificate,
  untagServerCertificate,
  updateServerCertificate,
  updateServiceSpecificCredential,
  updateSigningCertificate,
  updateSSHPublicKey,
  uploadServerCertificate,
  uploadSigningCertificate,
  uploadSSHPublicKey,
];
