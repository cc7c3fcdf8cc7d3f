import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments } from "./arguments.js";

const known = new Set(["port", "data"]);

test("words and flags come apart, in both spellings", () => {
  const { words, flags } = parseArguments(["up", "--port", "1", "--data=/x=y", "--dev", "more"], known);
  assert.deepEqual(words, ["up", "more"]);
  assert.deepEqual(flags, { port: "1", data: "/x=y", dev: "" });
});

test("an unknown flag and a flag without its value are refused by name", () => {
  assert.throws(() => parseArguments(["--colour", "red"], known), /no flag --colour/);
  assert.throws(() => parseArguments(["--port"], known), /--port needs a value/);
  assert.throws(() => parseArguments(["--port", "--dev"], known), /--port needs a value/);
});
