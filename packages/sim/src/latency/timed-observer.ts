import { sharedMicros, wrappedIn } from '@panoptes/testkit/observer';
import { timed } from './timed.js';

/* What the thread of a timed observer loads. */
const { definition } = await wrappedIn(import.meta.url);

export default timed(definition, sharedMicros);
