import { LIMITS } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { ProxyError } from "./errors.js";

export type Route =
  | { readonly api: "health" }
  | { readonly api: "metadata" | "encrypt" | "decrypt"; readonly externalKeyId: string };

const KEY_ROUTE = /^\/keys\/([a-zA-Z0-9-_.]{1,128})\/(metadata|encrypt|decrypt)$/;

/** Throws InvalidUriPathException for whatever is not one of the four APIs below this proxy's path. */
export function routeOf({ path, query }: RequestHead, uriPath: string): Route {
  const isOurs = path.startsWith(`${uriPath}/`) && path.length <= LIMITS.xksUriChars && query === "";
  const rest = isOurs ? path.slice(uriPath.length) : "";
  if (rest === "/health") return { api: "health" };
  const [, externalKeyId, api] = KEY_ROUTE.exec(rest) ?? [];
  if (externalKeyId === undefined || !isKeyApi(api))
    throw new ProxyError("InvalidUriPathException", "There is no such path.");
  return { api, externalKeyId };
}

const isKeyApi = (api: string | undefined): api is "metadata" | "encrypt" | "decrypt" =>
  api === "metadata" || api === "encrypt" || api === "decrypt";
