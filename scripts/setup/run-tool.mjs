import { spawn } from 'node:child_process';
import process from 'node:process';

const keptChars = 16_384;
const shownLines = 15;
const hasGroups = process.platform !== 'win32';

/**
 * Runs a command quietly to its end. When this process is interrupted, the command is too, with all
 * that it started, so that none outlives the lock under which it was started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, shell?: boolean }} options
 * @returns {Promise<{ ok: boolean, output: string, tail: string, error?: NodeJS.ErrnoException }>}
 *   `output` is what it printed, the end of it if that is long, and `tail` its last lines; `error` says
 *   why it could not be started at all
 */
export function runTool(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: npm and npx do not pass every signal on to what they run.
      detached: hasGroups,
    });
    let output = '';
    /** @param {string} text */
    const keep = (text) => {
      output = (output + text).slice(-keptChars);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);

    /** @param {NodeJS.Signals} signal */
    const interrupt = (signal) => {
      stopListening();
      kill(child, signal);
      process.kill(process.pid, signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    const stopListening = () => signals.forEach((signal) => process.off(signal, interrupt));
    signals.forEach((signal) => process.on(signal, interrupt));

    child.on('error', (error) => {
      stopListening();
      resolve({ ok: false, output: '', tail: '', error });
    });
    child.on('close', (code) => {
      stopListening();
      resolve({ ok: code === 0, output, tail: lastLines(output) });
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function kill(child, signal) {
  if (!hasGroups || child.pid === undefined) return void child.kill(signal);
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // All of it may have ended just now.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

/** @param {string} output */
function lastLines(output) {
  return output.trimEnd().split(/\r?\n/).slice(-shownLines).join('\n');
}
