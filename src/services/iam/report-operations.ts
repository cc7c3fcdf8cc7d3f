import { generateCredentialReport } from "./operations/generate-credential-report.js";
import { generateServiceLastAccessedDetails } from "./operations/generate-service-last-accessed-details.js";
import { getAccountAuthorizationDetails } from "./operations/get-account-authorization-details.js";
import { getCredentialReport } from "./operations/get-credential-report.js";
import { getServiceLastAccessedDetails } from "./operations/get-service-last-accessed-details.js";
import { getServiceLastAccessedDetailsWithEntities } from "./operations/get-service-last-accessed-details-with-entities.js";
import { listPoliciesGrantingServiceAccess } from "./operations/list-policies-granting-service-access.js";

/** What auditors ask for: everything of the account at once, and what of it was used. */
export const REPORT_OPERATIONS = [
  generateCredentialReport,
  generateServiceLastAccessedDetails,
  getAccountAuthorizationDetails,
  getCredentialReport,
  getServiceLastAccessedDetails,
  getServiceLastAccessedDetailsWithEntities,
  listPoliciesGrantingServiceAccess,
];
