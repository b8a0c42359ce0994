/** Pages of a store's file say what cannot be: it is damaged. The message says what, as in `it has …`. */
export class DamagedPages extends Error {
  override readonly name = 'DamagedPages';
}
