import { lockFolder } from "./folder-lock.js";

// A child of the tests: takes the folder's lock, says so, and stays until it is killed.
try {
  await lockFolder(process.argv[2] ?? "");
  process.stdout.write("locked\n");
  setInterval(() => {}, 1000); // keeps the process
} catch (thrown) {
  process.stdout.write(`${thrown instanceof Error ? thrown.name : "?"}\n`);
}
