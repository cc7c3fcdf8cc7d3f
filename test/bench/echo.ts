import { createServer } from "node:http";

/** What `node:http` can do at most: read the body, send it back. */
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    response.writeHead(200, {
      "content-type": "application/x-amz-json-1.1",
      "content-length": String(body?.length ?? 0),
    });
    response.end(body);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
