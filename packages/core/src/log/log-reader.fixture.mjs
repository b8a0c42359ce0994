/** A reader on a thread of its own: follows the log to its end, checks all, and reports. */
import { parentPort, workerData } from 'node:worker_threads';
import { Word } from '../../dist/log/log-layout.js';
import { attachLogMemory } from '../../dist/log/log-memory.js';
import { LogReader } from '../../dist/log/log-reader.js';
import { problemIn } from './self-checking.fixture.mjs';

const { buffer, board, from, line, runBytes, spins, blindSecondLook } = workerData;
const memory = attachLogMemory(buffer);
const reader = new LogReader(memory, { from, line, runBytes });
const report = { delivered: 0, skipped: 0, lapped: 0, torn: 0, loops: 0, problem: undefined };

if (blindSecondLook) {
  // A reader that does not look at the claim after its copy: it gets the answer of its first look.
  const load = Atomics.load;
  const copy = reader.run.copy.bind(reader.run);
  let claimed;
  let hasCopied = false;
  reader.run.copy = (...what) => {
    copy(...what);
    hasCopied = true;
  };
  Atomics.load = (words, word) => {
    if (words !== memory.words || word !== Word.claimed) return load(words, word);
    if (!hasCopied) claimed = load(words, word);
    hasCopied = false;
    return claimed;
  };
}

/** A point that the writer announced: position and seq in one word, both counted from `from`. */
function checkpoint() {
  const packed = Atomics.load(board, 0);
  return {
    position: from.position + Number(packed >> 32n),
    seq: from.seq + Number(packed & 0xffffffffn),
  };
}

function rejoin() {
  let next = checkpoint();
  while (next.seq < reader.lastSeq) next = checkpoint();
  report.skipped += next.seq - reader.lastSeq;
  reader.seek(next);
}

function noteTorn(problem) {
  report.torn++;
  report.problem ??= problem;
  reader.seek(checkpoint());
}

function step() {
  report.loops++;
  const before = reader.lastSeq;
  let found;
  try {
    found = reader.read();
  } catch (error) {
    noteTorn(error.message);
    return 'events';
  }
  if (found === 'events') {
    const { firstSeq, lastSeq, transactions } = reader.run;
    const problem =
      firstSeq === before + 1 && lastSeq === reader.lastSeq ? problemIn(reader.run) : 'a gap';
    if (problem !== undefined) noteTorn(problem);
    report.delivered += transactions;
    reader.advance();
  } else if (found === 'lapped') {
    report.lapped++;
    rejoin();
  }
  return found;
}

parentPort.postMessage('started');
// `waitAsync` does not hold the thread; a listener does, as in the real worker.
parentPort.on('message', () => reader.stop());
while (!reader.ended) {
  if (step() === 'empty' && !spins) await reader.park();
}
parentPort.postMessage(report);
parentPort.close();
