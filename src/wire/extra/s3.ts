import { table } from "../../base/index.js";
import type { Extra } from "./types.js";

export const S3: Extra = table({});
