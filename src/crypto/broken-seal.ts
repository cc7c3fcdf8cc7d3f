/**
 * Sealed bytes that do not open: a changed bit, a cut, a swap, another key, another owner. It never says which,
 * because whoever may learn the difference may search for it.
 */
export class BrokenSeal extends Error {
  override readonly name = "BrokenSeal";

  constructor() {
    super("sealed bytes do not open");
  }
}
