// Reads from the clients' type declarations what their schemas do not tell: which enum a member is of, and
// which errors an operation declares.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function declarationsOf(folder) {
  const interfaces = new Map();
  for (const file of readdirSync(join(folder, "models"))) {
    if (/^models_\d+\.d\.ts$/.test(file))
      readInterfaces(readFileSync(join(folder, "models", file), "utf8"), interfaces);
  }
  return {
    /** The declared type of a member, without `undefined`; empty when it is not declared. */
    typeOf(shape, member) {
      const members = interfaces.get(shape) ?? interfaces.get(`_${shape}`);
      return members?.get(member) ?? "";
    },
    errorsOf(operation) {
      const file = join(folder, "commands", `${operation}Command.d.ts`);
      if (!existsSync(file)) return [];
      const thrown = readFileSync(file, "utf8").matchAll(/@throws \{@link (\w+)\} \((?:client|server) fault\)/g);
      return Array.from(thrown, (match) => match[1]);
    },
  };
}

function readInterfaces(text, interfaces) {
  let members;
  for (const line of text.split("\n")) {
    const opened = /^export interface (\w+)/.exec(line);
    if (opened) {
      members = new Map();
      interfaces.set(opened[1], members);
    } else if (line === "}") members = undefined;
    else if (members) readMember(line, members);
  }
}

function readMember(line, members) {
  const match = /^ {4}(\w+)\??: (.*?);$/.exec(line);
  if (match) members.set(match[1], match[2].replace(" | undefined", ""));
}
