import { type ClientRequest, type IncomingMessage, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import type { WatcherOrder, WatcherReport, WatcherWorkerData } from './watcher-messages.js';

/* A thread that watches a dashboard as browsers do: it reads every sample that is sent. */
if (parentPort === null) throw new Error('this module is the entry of a worker thread');
const port = parentPort;
const { url, token, watchers } = workerData as WatcherWorkerData;

/** One who watches. */
class Watcher {
  samples = 0;
  /** Resolves when it has had its first sample. */
  readonly begun: Promise<void>;
  #request!: ClientRequest;

  constructor() {
    this.begun = new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      this.#request = get(url, { headers }, (response) => this.#read(response, resolve, reject));
      this.#request.on('error', reject);
    });
  }

  leave(): void {
    this.#request.destroy();
  }

  #read(response: IncomingMessage, resolve: () => void, reject: (error: Error) => void): void {
    if (response.statusCode !== 200) {
      reject(new Error(`the dashboard answered with status ${response.statusCode}`));
      return;
    }
    response.setEncoding('utf8').on('error', reject);
    response.on('data', (text: string) => {
      this.samples += text.split('event: sample\n').length - 1;
      if (this.samples > 0) resolve();
    });
  }
}

let present: readonly Watcher[] = [];

port.on('message', (order: WatcherOrder) => {
  if (order === 'watch') {
    present = Array.from({ length: watchers }, () => new Watcher());
    // One that cannot begin ends the thread: whoever started it is told.
    void Promise.all(present.map(({ begun }) => begun)).then(() => report({ kind: 'watching' }));
    return;
  }
  for (const watcher of present) watcher.leave();
  report({ kind: 'left', samples: present.reduce((sum, { samples }) => sum + samples, 0) });
});

const report = (message: WatcherReport): void => port.postMessage(message);
