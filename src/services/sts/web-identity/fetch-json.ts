import { type Clock, LIMITS, nodeHttps, nodeTls } from "../../../base/index.js";

export interface FetchOptions {
  readonly clock: Clock;
  /** PEM: trusted beside the public authorities. */
  readonly ca?: string;
}

export type FetchJson = (url: string) => Promise<unknown>;

/** The JSON at an https URL, within bounds of bytes and time. Redirects are not followed: they would lead anywhere. */
export function jsonFetcher({ clock, ca }: FetchOptions): FetchJson {
  const trusted = ca === undefined ? {} : { ca: [...nodeTls().rootCertificates, ca] };
  return async (url) => {
    const deadline = new AbortController();
    const cancel = clock.after(LIMITS.oidcFetchMs, () => deadline.abort());
    try {
      const bytes = await get(url, { ...trusted, minVersion: "TLSv1.2", signal: deadline.signal, agent: false });
      return JSON.parse(bytes.toString("utf8"));
    } finally {
      cancel();
    }
  };
}

function get(url: string, options: object): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = nodeHttps().request(url, { ...options, headers: { accept: "application/json" } }, (response) => {
      if (response.statusCode !== 200) return void request.destroy(new Error(`status ${response.statusCode}`));
      const pieces: Buffer[] = [];
      let total = 0;
      response.on("data", (piece: Buffer) => {
        total += piece.length;
        if (total > LIMITS.oidcDocumentBytes) request.destroy(new Error("the document is too long"));
        else pieces.push(piece);
      });
      response.on("end", () => resolve(Buffer.concat(pieces)));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}
