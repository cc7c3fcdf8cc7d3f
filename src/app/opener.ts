import { serveOpening } from "../crypto/index.js";

// The program of a worker's second thread: opens long objects while the first one sends.
serveOpening();
