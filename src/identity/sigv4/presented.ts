export const ALGORITHM = "AWS4-HMAC-SHA256";
export const TERMINATOR = "aws4_request";
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** What a signature is good for: one day, one Region, one service. */
export interface Scope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** What `x-amz-content-sha256` says of the body. */
export type PayloadDeclaration =
  | { readonly kind: "none" }
  | { readonly kind: "unsigned" }
  | { readonly kind: "sha256"; readonly sha256: string }
  | { readonly kind: "chunks"; readonly text: string; readonly isSigned: boolean; readonly hasTrailer: boolean };

/** A signature as it was sent: well formed, and not believed yet. */
export interface Presented {
  readonly kind: "header" | "query";
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** `20261121/us-east-1/kms/aws4_request`. */
  readonly scopeText: string;
  /** As they were listed: their order is part of what is signed. */
  readonly signedHeaders: readonly string[];
  /** `content-type;host;x-amz-date`. */
  readonly signedHeadersText: string;
  readonly signature: string;
  /** `20261121T090000Z`. */
  readonly date: string;
  readonly dateMs: number;
  /** Presigned only. The services but S3 may leave it out. */
  readonly expiresSeconds: number | undefined;
  readonly sessionToken: string | undefined;
  readonly payload: PayloadDeclaration;
}
