import assert from "node:assert/strict";
import { test } from "node:test";
import { type Beginning, mayHideVariable } from "./hidden-variable.js";

const begun = (parts: Partial<Beginning> = {}): Beginning => ({
  argv: ["up", "--port", "4599"],
  environment: { PATH: "/bin", STRONGROOM_PORT: "4599" },
  hasFile: false,
  ...parts,
});

test("a server without a settings file and without a word of a PIN hides no variable", () => {
  assert.equal(mayHideVariable(begun()), false);
  assert.equal(mayHideVariable(begun({ argv: ["up", "--root-pin-file", "pin"] })), false);
});

test("wherever a variable with a PIN can be named, one may be hidden", () => {
  for (const parts of [
    { argv: ["up", "--root-pin-env", "PIN"] },
    { argv: ["up", "--root-pin-env=PIN"] },
    { argv: ["up", "--config", "settings.yaml"] },
    { argv: ["up", "--config=settings.yaml"] },
    { environment: { STRONGROOM_ROOT_PIN_ENV: "PIN" } },
    { environment: { STRONGROOM_CONFIG: "settings.yaml" } },
    { hasFile: true },
  ]) {
    assert.equal(mayHideVariable(begun(parts)), true, JSON.stringify(parts));
  }
});
