import { createInterface } from "node:readline";
import { SettingsError } from "../cli/index.js";
import { Secret } from "../crypto/index.js";

export async function askSecret(prompt: string): Promise<Secret> {
  return Secret.own(Buffer.from(await askLine(prompt), "utf8"));
}

const lines = lineReader();

/** One line from the terminal, unseen, or from standard input when that is a pipe. */
export async function askLine(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const { value, done } = await lines.next();
  process.stderr.write("\n");
  if (done) throw new SettingsError("There is nothing more on standard input.");
  return value;
}

async function* lineReader(): AsyncGenerator<string> {
  // Without an output stream, readline does not echo what is typed.
  for await (const line of createInterface({ input: process.stdin, terminal: process.stdin.isTTY === true }))
    yield line;
}
