import { AwsError, isAwsError } from "../../../base/index.js";
import { authorize, Denied } from "../../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../../kit/index.js";
import { accessErrors } from "../access-errors.js";
import { s3Audit } from "../audit.js";
import { getBucket } from "../bucket.js";
import { s3Denied } from "../denied.js";
import { errors } from "../errors.js";
import { getObject } from "../operations/get-object.js";
import type { S3Ports } from "../ports.js";
import type { Bucket } from "../store/index.js";
import {
  redirectOfAll,
  redirectOfRule,
  routingRule,
  type Website,
  type WebsiteRedirect,
  websiteOf,
} from "../website.js";
import { letGo, pageOf } from "../website-page.js";

interface Asked {
  readonly bucket: Bucket;
  readonly website: Website;
  readonly key: string;
  readonly protocol: "http" | "https";
  readonly host: string;
  readonly method: string;
}

/**
 * A page of a bucket's website, as its index, error page and routing rules say. Everybody comes as nobody: each object
 * is read as an anonymous GetObject and authorized by itself, so that a refusal can be shown as the owner's error page.
 */
export function getWebsite(ports: S3Ports): AnyOperation {
  const get = getObject(ports);

  /** The object as GetObject reads it for this very caller. */
  async function read(ctx: RequestContext, { bucket }: Asked, key: string): Promise<Record<string, unknown>> {
    const input = { Bucket: bucket.name, Key: key };
    const headers = {
      IfMatch: ctx.headers["if-match"],
      IfNoneMatch: ctx.headers["if-none-match"],
      IfModifiedSince: dateOf(ctx.headers["if-modified-since"]),
      IfUnmodifiedSince: dateOf(ctx.headers["if-unmodified-since"]),
      Range: ctx.headers["range"],
    };
    try {
      const target = await get.target(ctx, input);
      const ok = authorize(ctx, target, await get.checks(ctx, input, target));
      return await get.run(ctx, { ...input, ...headers }, ok);
    } catch (thrown) {
      throw thrown instanceof Denied ? s3Denied(thrown) : thrown;
    }
  }

  async function answer(ctx: RequestContext, asked: Asked): Promise<Record<string, unknown>> {
    const { website, key } = asked;
    if (website.RedirectAllRequestsTo) return redirect(redirectOfAll(website.RedirectAllRequestsTo, asked));
    const before = routingRule(website, key, undefined);
    if (before) return redirect(redirectOfRule(before, asked));
    const index = website.IndexDocument?.Suffix ?? "";
    const page = key === "" || key.endsWith("/") ? key + index : key;
    try {
      return await pageOf(await read(ctx, asked, page), { status: 200, method: asked.method });
    } catch (thrown) {
      if (!isAwsError(thrown) || (thrown.status ?? 400) < 400) throw thrown;
      if (page === key && thrown.code === "NoSuchKey" && (await exists(ctx, asked, `${key}/${index}`)))
        return redirect({ status: 302, location: `/${encodedPath(key)}/` });
      return failure(ctx, asked, page === key ? thrown : aboutPage(thrown, page));
    }
  }

  const exists = (ctx: RequestContext, asked: Asked, key: string): Promise<boolean> =>
    read(ctx, asked, key).then(
      async (output) => {
        await letGo(output);
        return true;
      },
      () => false,
    );

  /** The routing rule of that failure, else the owner's error page, else S3's own. */
  async function failure(ctx: RequestContext, asked: Asked, error: AwsError): Promise<Record<string, unknown>> {
    const status = error.status ?? 400;
    const rule = routingRule(asked.website, asked.key, status);
    if (rule) return redirect(redirectOfRule(rule, asked));
    const custom = asked.website.ErrorDocument?.Key;
    if (custom === undefined || status >= 500 || status === 405) throw error;
    try {
      return await pageOf(await read({ ...ctx, headers: {} }, asked, custom), { status, method: asked.method });
    } catch (second) {
      if (!isAwsError(second)) throw second;
      throw new AwsError(error.code, error.message, {
        status,
        fields: { ...error.fields, ErrorDocument: second },
      });
    }
  }

  return {
    name: "GetWebsite",
    readOnly: true,
    category: "Data",
    target: () => undefined,
    // Each object that is read is authorized by itself.
    checks: () => [],
    run: async (ctx, input) => {
      const { Bucket = "", Key = "" } = input as { Bucket?: string; Key?: string }; // the labels of its path
      const { method = "GET" } = ctx;
      if (method !== "GET" && method !== "HEAD") throw accessErrors.methodNotAllowed(method, "OBJECT");
      const bucket = await getBucket(ctx, ports, { Bucket });
      const protocol = ctx.secureTransport ? "https" : "http";
      return answer(ctx, { bucket, website: websiteOf(bucket), key: Key, protocol, host: ctx.host, method });
    },
    auditRequest: (input) => s3Audit.request(input as object), // the labels again
    auditResponse: () => null,
  };
}

/** The key of the answer is the page that was looked for, its index included. */
const aboutPage = (error: AwsError, key: string): AwsError =>
  error.code === "NoSuchKey" ? errors.noSuchKey(key) : error;

const redirect = ({ status, location }: WebsiteRedirect) => ({ status, headers: { Location: location } });

const encodedPath = (key: string): string => key.split("/").map(encodeURIComponent).join("/");

function dateOf(header: string | undefined): Date | undefined {
  const ms = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(ms) ? undefined : new Date(ms);
}
