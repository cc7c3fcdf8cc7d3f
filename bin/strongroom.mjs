#!/usr/bin/env node
// For whoever names the command by its former file.
import "./strongroom.cjs";
