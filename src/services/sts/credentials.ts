import type { SessionCredentials } from "../../identity/index.js";

export const showCredentials = (credentials: SessionCredentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: credentials.expiresAt,
});

/** What a record may show of them: the secret never; the token neither, for it is most of a credential. */
export const recordedCredentials = (
  shown: { AccessKeyId?: string | undefined; Expiration?: Date | undefined } | undefined,
) => ({
  accessKeyId: shown?.AccessKeyId,
  expiration: shown?.Expiration?.toISOString(),
});
