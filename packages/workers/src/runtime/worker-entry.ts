import { parentPort } from 'node:worker_threads';
import { HealthBoard } from '@panoptes/core/observer';
import { expose } from 'comlink';
import { contain } from './containment.js';
import type { ControlApi } from './control-api.js';
import { keepLastWordsShort } from './last-words.js';
import { loadDefinition } from './load-definition.js';
import { LogObserver } from './log-observer.js';
import type { LineMessage } from './line-message.js';
import { MainLine } from './main-line.js';
import { unpack } from './payload.js';
import { showMemory } from './thread-memory.js';
import { installThrowHandler } from './throw-handler.js';

if (parentPort === null) throw new Error('this module is the entry of a worker thread');
const startPort = parentPort;

startPort.once('message', (message: LineMessage) => {
  // Its other end is read by the main thread, whatever comes: nothing may.
  startPort.close();
  keepLastWordsShort();
  installThrowHandler();
  const line = new MainLine(message);
  expose(controlOver(line), line);
});

/** What the main thread may call. */
function controlOver(line: MainLine): ControlApi {
  let observer: LogObserver | undefined;
  let health: HealthBoard | undefined;

  const started = (): LogObserver => {
    if (observer === undefined) throw new Error('the observer has not been started');
    return observer;
  };

  return {
    async start(message) {
      health = new HealthBoard(message.health);
      contain(health, message.ownThreads);
      const definition = await loadDefinition(message.module);
      observer = new LogObserver(definition, message, line.sendCommand, showMemory);
      return observer.setup();
    },
    load: (snapshot, line) => started().load(snapshot, line),
    replay: async (run) => started().replay(run),
    // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
    resume: async (from, line) => started().resume(from, line),
    follow: (proposals) => started().follow(proposals),
    // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
    pause: async () => started().pause(),
    query: async (name, args) =>
      started().questions.query(name, unpack(args, 'arguments') as unknown[]),
    digest: () => started().questions.digest(),
    metrics: (after) => started().questions.metrics(after),
    probe: () => Promise.resolve(health === undefined ? undefined : showMemory(health)),
    // Without an observer its module is being loaded: there is nothing to tear down.
    stop: async () => observer?.stop(),
  };
}
