import type { ObserverContext } from '../../runtime/define-observer.js';
import { OptionReader } from '../option-reader.js';

/** Options of the `validators` observer. */
export interface ValidatorOptions {
  /** Trust score from which on a peer may be active: 0 to 1, default 0.7. */
  readonly minTrust?: number;
  /** Application protocol whose speakers are capable of validating. Default `validator`. */
  readonly protocol?: string;
  /** Changes of the set that are remembered: 0 to 1,000,000, default 10,000. */
  readonly historySize?: number;
  /**
   * As a critical observer it vetoes what would leave fewer active validators than this: 0 (default,
   * nothing is vetoed) to 1,000,000.
   */
  readonly minValidators?: number;
}

/** The options with every default filled in. */
export type ValidatorSettings = Required<ValidatorOptions>;

/** @throws {ConfigError} naming the option, what it may be and what it is */
export function readValidatorOptions(ctx: ObserverContext): ValidatorSettings {
  const options = new OptionReader(ctx);
  const settings: ValidatorSettings = {
    minTrust: options.ratio('minTrust', 0.7),
    protocol: options.text('protocol', 'validator', /./s, 'a text that is not empty'),
    historySize: options.integer('historySize', 10_000, 0, 1_000_000),
    minValidators: options.integer('minValidators', 0, 0, 1_000_000),
  };
  options.end();
  return settings;
}
