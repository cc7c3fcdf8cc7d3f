/**
 * An outcome that a caller caused or must know of, in AWS's words. Protocols turn it into bytes;
 * services never write a status code, XML or JSON themselves.
 */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly fault: "client" | "server";
  /** Overrides the status that the protocol would choose. S3 and the REST services need it. */
  readonly status: number | undefined;
  /** Further members of the error's shape, or S3's extra elements (`ArgumentName` …), in their order. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** False where the real service sends no message at all (kms W-8). */
  readonly hasMessage: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message?: string, options: AwsErrorOptions = {}) {
    super(message ?? "");
    this.code = code;
    this.hasMessage = message !== undefined;
    this.fault = options.fault ?? "client";
    this.status = options.status;
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

export interface AwsErrorOptions {
  readonly fault?: "client" | "server";
  readonly status?: number;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only; never sent. */
  readonly cause?: unknown;
}

/** Not the caller's mistake: what may pass, and may be tried again. */
export const isServerFault = ({ fault, status }: AwsError): boolean => fault === "server" || (status ?? 400) >= 500;

export const isAwsError = (thrown: unknown, code?: string): thrown is AwsError =>
  thrown instanceof AwsError && (code === undefined || thrown.code === code);
