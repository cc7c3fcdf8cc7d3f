/** Our own mistakes: what must hold on both sides of a boundary. Callers' mistakes are `AwsError`s. */
export function needs(condition: unknown, why: string): asserts condition {
  if (!condition) throw new BrokenNeed(why);
}

/** A condition of ours that did not hold. The caller sees an internal failure; the log names the need. */
export class BrokenNeed extends Error {
  override readonly name = "BrokenNeed";
}
