import type { AnyObserver } from '@panoptes/workers/observer';
import { sharedMicros } from '../bench/measure/shared-time.js';
import { timed } from './timed.js';

/*
 * The module of an observer that is timed. Which observer that is stands in the URL, so that whoever
 * registers it changes nothing else, its options least of all.
 */
const { default: definition } = (await import(
  new URL(import.meta.url).searchParams.get('module')!
)) as { default: AnyObserver };

export default timed(definition, sharedMicros);
