import { AwsError } from "../base/index.js";

/** RFC 9106 names this for machines with little memory to spare; a front process serves others meanwhile. */
const OPTIONS = { algorithm: 2, memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 };
/** Each takes 64 MiB while it runs. */
const MOST_AT_ONCE = 4;
let running = 0;

/** Argon2id, with its salt and parameters in the text. The password is stored nowhere else. */
export const hashPassword = (password: string): Promise<string> =>
  bounded(async () => {
    const { hash } = await import("@node-rs/argon2"); // only here: most servers never see a password
    return hash(password, OPTIONS);
  });

export const isPassword = (hashed: string, password: string): Promise<boolean> =>
  bounded(async () => {
    const { verify } = await import("@node-rs/argon2");
    return verify(hashed, password);
  });

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MOST_AT_ONCE) throw new AwsError("Throttling", "Rate exceeded", { status: 400 });
  running++;
  try {
    return await work();
  } finally {
    running--;
  }
}
