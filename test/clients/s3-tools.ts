/** What the tests of S3's other clients share: a server, a real tree of files, and a way to run a program. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsEnvironment, hasProgram, type RunOptions, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, type ServerOptions, startServer } from "../harness/server.js";
import { contentsOf, gatherTree } from "../harness/trees.js";

export interface ToolStage {
  readonly server: Server;
  readonly folder: string;
  /** Real files of this machine, and a few with names and sizes that clients trip over. */
  readonly tree: string;
  /** Runs the program with this server's credentials; it has to succeed. Returns what it printed. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<string>;
  /** The same without asking for success. */
  attempt(program: string, args: readonly string[], options?: RunOptions): ReturnType<typeof runProgram>;
  end(): Promise<void>;
}

export const withoutProgram = async (name: string): Promise<false | string> =>
  (await hasProgram(name)) ? false : `${name} is not installed`;

export async function openStage(name: string, options: ServerOptions = {}): Promise<ToolStage> {
  const folder = newFolder(name);
  const server = await startServer({ dataFolder: join(folder, "data"), ...options });
  const tree = join(folder, "tree");
  writeAwkwardFiles(tree);
  gatherTree(tree, { files: 100, bytes: 8 * 1024 * 1024, parts: 3 });
  const attempt = (program: string, args: readonly string[], { environment, ...rest }: RunOptions = {}) =>
    runProgram(program, args, {
      folder,
      ...rest,
      environment: { ...awsEnvironment(server), HOME: folder, ...environment },
    });
  return {
    server,
    folder,
    tree,
    attempt,
    async run(program, args, runOptions) {
      const done = await attempt(program, args, runOptions);
      assert.equal(done.code, 0, `${program} ${args.join(" ")}: ${done.stdout}${done.stderr}`);
      return done.stdout;
    },
    async end() {
      await server.stop();
      removeFolder(folder);
    },
  };
}

/** Empty, of a part's size and one byte more, with spaces, umlauts and signs that URLs and XML know. */
function writeAwkwardFiles(tree: string): void {
  mkdirSync(join(tree, "awkward", "deep", "deeper"), { recursive: true });
  const write = (name: string, bytes: number) =>
    writeFileSync(join(tree, "awkward", name), Buffer.alloc(bytes, `${name}\n`));
  write("empty", 0);
  write("one", 1);
  write("row", 16 * 1024);
  write("blob", 16 * 1024 + 1);
  write("part", 5 * 1024 * 1024);
  write("part-and-one", 5 * 1024 * 1024 + 1);
  write("three-parts", 17 * 1024 * 1024);
  write("deep/deeper/ü & <ö> 'a' + %41 = #?.txt", 100);
}

/** Both folders hold the same files with the same bytes. */
export async function assertSameTree(actual: string, expected: string): Promise<void> {
  const [found, wanted] = [await contentsOf(actual), await contentsOf(expected)];
  assert.ok(wanted.size >= 7, "the tree has its files");
  assert.deepEqual([...found], [...wanted]);
}
