import type { HttpRequest, HttpResponse } from "./http.js";

/** What the house tells anyone who asks, and the offers it takes before anyone can sign. */
export interface PublicPages {
  /** `open`, `sealed` or `starting`. */
  state(): string;
  /** Offers a passphrase or a share; the answer is safe to show. */
  unseal(offer: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

const MOST_OFFER_BYTES = 4096;
const PAGES = "/_strongroom/";

/** Answers `/_strongroom/health` and `/_strongroom/unseal`; false when the request is neither. */
export function servePublicPage(pages: PublicPages, request: HttpRequest, response: HttpResponse): boolean {
  if (request.url?.startsWith(PAGES) !== true) return false;
  const path = request.url.split("?")[0];
  if (path === "/_strongroom/health" && request.method === "GET") {
    const state = pages.state();
    json(response, state === "open" ? 200 : 503, { status: state });
    return true;
  }
  if (path === "/_strongroom/unseal" && request.method === "POST") {
    void takeOffer(pages, request, response);
    return true;
  }
  return false;
}

async function takeOffer(pages: PublicPages, request: HttpRequest, response: HttpResponse): Promise<void> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of request.iterator() as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > MOST_OFFER_BYTES) return json(response, 413, { error: "The offer is too large." });
    pieces.push(piece);
  }
  const offer = parseOffer(Buffer.concat(pieces));
  for (const piece of pieces) piece.fill(0);
  if (offer === undefined) return json(response, 400, { error: 'Send {"passphrase": "…"} or {"share": "…"}.' });
  const answer = await pages.unseal(offer);
  json(response, answer["state"] === "refused" ? 403 : 200, answer);
}

function parseOffer(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const offer = parsed as Record<string, unknown>; // an object: just looked
    return typeof offer["passphrase"] === "string" || typeof offer["share"] === "string" ? offer : undefined;
  } catch {
    return undefined; // not JSON is no offer
  }
}

function json(response: HttpResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json",
    connection: status === 413 ? "close" : "keep-alive",
  });
  response.end(`${JSON.stringify(body)}\n`);
}
