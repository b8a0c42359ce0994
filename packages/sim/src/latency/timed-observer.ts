import { sharedMicros } from '../bench/measure/shared-time.js';
import { wrappedIn } from '../wrapping/wrapped-module.js';
import { timed } from './timed.js';

/* What the thread of a timed observer loads. */
const { definition } = await wrappedIn(import.meta.url);

export default timed(definition, sharedMicros);
