import { parentPort, workerData } from 'node:worker_threads';
import { RelayedError } from './channel-calls.js';
import { installThrowHandler } from '../../runtime/throw-handler.js';
import { packError } from '../../runtime/control-errors.js';
import { Relay } from './relay.js';
import type { RelayRequest, RelaySettings } from './relay-request.js';

if (parentPort === null) throw new Error('this module is the entry of a worker thread');
const port = parentPort;

// What an observer failed with is passed on as it came.
installThrowHandler((error) => (error instanceof RelayedError ? error.failure : packError(error)));

const relay = new Relay(workerData as RelaySettings, (message) => port.postMessage(message));

port.on('message', (request: RelayRequest) => {
  if ('open' in request) relay.open(request.open);
  else if ('kill' in request) relay.kill(request.kill);
  else void relay.close().then(() => port.close());
});

// A bug: no process of an observer is left behind.
process.on('uncaughtException', (error) => {
  void relay.abort().then(() => {
    process.removeAllListeners('uncaughtException');
    throw error;
  });
});
