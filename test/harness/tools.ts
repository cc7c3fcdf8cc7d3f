import { join } from "node:path";
import { type Finished, runProgram } from "./clients.js";

const PROGRAM = join(process.cwd(), "bin", "strongroom.cjs");

/** `strongroom …` to its end, with these lines on its standard input. */
export const strongroom = (args: readonly string[], input: readonly string[] = []): Promise<Finished> =>
  runProgram(process.execPath, [PROGRAM, ...args], { input: input.map((line) => `${line}\n`).join("") });
