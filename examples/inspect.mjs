// The states through which an observer goes, from the inspection of its state machine.
import { builtIn, createRegistry } from '@panoptes/workers';

/** @type {import('@panoptes/core').InspectObserver} */
const inspect = {
  eventsPerSec: 1_000,
  next({ name, event, snapshot }) {
    // Its steps have a status alone, and what changed no state is sent as well.
    if (name !== 'mesh' || snapshot?.value === undefined) return;
    console.log(`${JSON.stringify(snapshot.value)} after ${event?.type}`);
  },
};

const registry = await createRegistry({ inspect });
await registry.registerObserver({ module: builtIn('mesh') });
await registry.close();
