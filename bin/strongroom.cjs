#!/usr/bin/env node
// A script of the older kind: Node starts it without what it needs for modules.
require("../dist/main.cjs");
