import { parentPort } from 'node:worker_threads';
import { HealthBoard } from '@panoptes/core/observer';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { sendOver } from './command-port.js';
import { contain } from './containment.js';
import type { ControlApi } from './control-api.js';
import { loadDefinition } from './load-definition.js';
import { ObserverRuntime } from './observer-runtime.js';
import { showMemory } from './thread-memory.js';
import { installThrowHandler } from './throw-handler.js';

if (parentPort === null) throw new Error('this module is the entry of a worker thread');

let runtime: ObserverRuntime | undefined;
let health: HealthBoard | undefined;

const started = (): ObserverRuntime => {
  if (runtime === undefined) throw new Error('the observer has not been started');
  return runtime;
};

const control: ControlApi = {
  async start(message, commands) {
    health = new HealthBoard(message.health);
    contain(health);
    const definition = await loadDefinition(message.module);
    runtime = new ObserverRuntime(definition, message, sendOver(commands), showMemory);
    return runtime.setup();
  },
  load: (snapshot, line) => started().load(snapshot, line),
  follow: (proposals) => started().follow(proposals),
  query: (name, args) => started().query(name, args),
  digest: () => started().digest(),
  probe: () => Promise.resolve(health === undefined ? undefined : showMemory(health)),
  // Without a runtime its module is being loaded: there is nothing to tear down.
  stop: async () => runtime?.stop(),
};

// Without it the observer would follow on, and nobody could ask it anything.
parentPort.once('close', () => {
  throw new Error('the observer closed the port of its thread');
});
installThrowHandler();
// At once: a call that arrives before this would be lost.
expose(control, nodeEndpoint(parentPort));
