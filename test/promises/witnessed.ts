import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One question that the authorizer was asked. Keys of conditions are in lower case. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly keys: readonly string[];
}

interface Line {
  readonly accessKeyId: string;
  /** A service asked in the caller's name. */
  readonly via: boolean;
  readonly asked: readonly Asked[];
}

/** What the authorizer of one server is asked, call by call. */
export class Witness {
  readonly #file: string;
  #seen = 0;

  constructor(folder: string) {
    this.#file = join(folder, "asked.jsonl");
  }

  /** For the server's process. */
  environment(): Record<string, string> {
    const loader = pathToFileURL(join(process.cwd(), "build", "test", "promises", "witness.js")).href;
    return { NODE_OPTIONS: `--import=${loader}`, STRONGROOM_TEST_WITNESS: this.#file };
  }

  /** What was asked about this caller since the last time, by the operation itself. */
  since(accessKeyId: string): Asked[] {
    const text = existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
    const lines = text
      .slice(this.#seen)
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Line => JSON.parse(line)); // written by witness.ts alone
    this.#seen = text.length;
    return lines.filter((line) => line.accessKeyId === accessKeyId && !line.via).flatMap(({ asked }) => asked);
  }
}
