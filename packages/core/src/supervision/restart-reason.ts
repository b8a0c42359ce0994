/** Why an incarnation of an observer ended without being asked to. */
export interface RestartReason {
  readonly incarnation: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** Stable: a code of `ExitReason`, a `HangKind`, `memory`, `lapped` or `timeout`. */
  readonly code: string;
  readonly message: string;
}
