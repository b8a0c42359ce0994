/** Something that each key may be by itself, and that all of them together may not. */
export interface Inconsistency {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
