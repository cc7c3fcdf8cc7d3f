/** Lets the event loop do what else there is. */
export const breath = () => new Promise<void>((resolve) => setImmediate(resolve));
