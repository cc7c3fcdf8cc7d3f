/** A frozen lookup table with own keys only, so that a name from outside can never reach a prototype. */
export function table<const T extends Record<string, unknown>>(rows: T): Readonly<T> {
  return Object.freeze(Object.assign(Object.create(null) as T, rows));
}

/** The row of that name, or undefined. `in` narrows for the type checker what a plain index would not. */
export function rowOf<T extends Record<string, unknown>>(rows: T, name: string): T[keyof T] | undefined {
  return rows[name as keyof T]; // tables have no prototype, so an unknown name gives undefined
}
