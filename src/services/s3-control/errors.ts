import { AwsError } from "../../base/index.js";

/** S3 Control's errors, in its words. */
export const errors = {
  accessDenied: () => new AwsError("AccessDenied", "Access Denied", { status: 403 }),
  noSuchBlock: (account: string) =>
    new AwsError("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", {
      status: 404,
      fields: { AccountId: account },
    }),
} as const;
