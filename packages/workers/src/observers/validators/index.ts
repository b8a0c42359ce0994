export type { ChangesSince, ValidatorChange } from './set-history.js';
export type { ValidatorOptions } from './validator-options.js';
export { type Quorum, type Validator, ValidatorSet } from './validator-set.js';
export { validatorsObserver as default } from './validators-observer.js';
