import { Socket, type SocketConstructorOpts } from "node:net";
import { asBuffer } from "../base/index.js";

/** Four times what Node itself reads at once: each read costs a turn through JavaScript, for a body of a megabyte 17 of them. */
const READ_BYTES = 256 * 1024;
/** Of all connections: a piece is taken, or copied, before the next one is read. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/** Told of a piece that lies in lent memory: what is kept of it must be copied before returning. False: read no more for now. */
export type TakePiece = (piece: Buffer) => boolean;

interface HasHandle {
  _handle?: object | null;
}

/**
 * The connection as a socket that reads into one buffer for all, where Node makes one of 64 KiB for each read: memory to
 * find, and to collect. Node offers that to clients alone (`onread`), so the server's socket, which must not have read
 * yet, gives up its handle. `room` is asked before each read whether it shall go elsewhere. Should a version of Node not have it there, its own socket is read as ever.
 */
export function readingIntoLent(born: Socket & HasHandle, take: TakePiece, room?: () => Buffer | undefined): Socket {
  const handle = born._handle;
  if (typeof handle !== "object" || handle === null) {
    born.on("data", take);
    born.resume();
    return born;
  }
  born._handle = null;
  const buffer = () => room?.() ?? shared;
  const onread = { buffer, callback: (count: number, read: Uint8Array) => take(asBuffer(read).subarray(0, count)) };
  const options = { handle, onread, allowHalfOpen: born.allowHalfOpen };
  const socket = new Socket(options as SocketConstructorOpts); // whose `handle` is not in the types
  // The server counts the one that it made.
  return socket.once("close", () => born.destroy());
}
