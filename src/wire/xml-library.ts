import { createRequire } from "node:module";
import type * as FastXmlParser from "fast-xml-parser";

type Library = typeof FastXmlParser;

let loaded: Library | undefined;

/** The parser's code costs tens of milliseconds to load, which a process that reads no XML need not wait for. */
export function xmlLibrary(): Library {
  loaded ??= createRequire(import.meta.url)("fast-xml-parser") as Library; // what the package's own types say it is
  return loaded;
}
