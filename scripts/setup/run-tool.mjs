import { spawn } from 'node:child_process';
import process from 'node:process';

const keptChars = 16_384;
const shownLines = 15;

/**
 * Runs a command quietly to its end. When this process is interrupted, the command is too, so that
 * none outlives the lock under which it was started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, shell?: boolean }} options
 * @returns {Promise<{ ok: boolean, tail: string, error?: NodeJS.ErrnoException }>}
 *   `tail` is the end of what it printed; `error` says why it could not be started at all
 */
export function runTool(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {string} text */
    const keep = (text) => {
      output = (output + text).slice(-keptChars);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);

    /** @param {NodeJS.Signals} signal */
    const interrupt = (signal) => {
      child.kill(signal);
      stopListening();
      process.kill(process.pid, signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    const stopListening = () => signals.forEach((signal) => process.off(signal, interrupt));
    signals.forEach((signal) => process.on(signal, interrupt));

    child.on('error', (error) => {
      stopListening();
      resolve({ ok: false, tail: '', error });
    });
    child.on('close', (code) => {
      stopListening();
      resolve({ ok: code === 0, tail: lastLines(output) });
    });
  });
}

/** @param {string} output */
function lastLines(output) {
  return output.trimEnd().split(/\r?\n/).slice(-shownLines).join('\n');
}
