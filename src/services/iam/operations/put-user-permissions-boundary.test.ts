import { putBoundaryTests } from "../boundary-contract.js";

putBoundaryTests("User");
