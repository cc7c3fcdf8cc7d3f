import { deleteBoundaryTests } from "../boundary-contract.js";

deleteBoundaryTests("Role");
