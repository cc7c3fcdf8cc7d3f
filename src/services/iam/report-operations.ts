import { generateCredentialReport } from "./operations/generate-credential-report.js";
import { getAccountAuthorizationDetails } from "./operations/get-account-authorization-details.js";
import { getCredentialReport } from "./operations/get-credential-report.js";

/** What auditors ask for: everything of the account at once. */
export const REPORT_OPERATIONS = [generateCredentialReport, getAccountAuthorizationDetails, getCredentialReport];
