import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 200;
const youngMs = 2_000;
/** No set-up takes this long; past it the owner's number belongs to some other process by now. */
const oldestMs = 15 * 60_000;

/**
 * Runs `task` while holding a lock file, so that two terminals never install or build the same
 * checkout at once. Waits for a living owner; takes over from one that died.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} task
 * @param {() => void} onWait called once if there is someone to wait for
 * @returns {Promise<T>}
 */
export async function withLock(file, task, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!tryLock(file)) {
    if (!isHeld(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) onWait();
    told = true;
    await sleep(pollMs);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await task();
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * Whether a living process holds the lock; a lock left behind by a dead one does not count.
 *
 * @param {string} file
 * @returns {boolean}
 */
export function isHeld(file) {
  try {
    const ageMs = Date.now() - statSync(file).mtimeMs;
    const pid = Number(readFileSync(file, 'utf8'));
    // The owner writes its number just after creating the file, so a young empty one is held too.
    return pid === 0 ? ageMs < youngMs : ageMs < oldestMs && isAlive(pid);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
