/** AWS's own variables may hold the credentials for the root's KMS: for the supervisor alone, so no worker inherits them. */
export const CREDENTIAL_VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;
