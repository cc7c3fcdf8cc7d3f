export { responseElements } from "../../kit/index.js";
