import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A note that a step is done and what it was done for. It lies inside node_modules, so that deleting
 * that folder takes it along, and in a hidden folder, which pnpm leaves alone there.
 *
 * A step clears its stamp before it starts and writes it as its last act: whatever interrupts the
 * step, the next run finds no stamp and does the step again.
 */
export class Stamp {
  /**
   * @param {string} root
   * @param {string} name
   */
  constructor(root, name) {
    this.file = join(root, 'node_modules/.panoptes', `${name}.json`);
  }

  /** @returns {unknown} what was written last; undefined when there is none or it is unreadable */
  read() {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  clear() {
    rmSync(this.file, { force: true });
  }

  /** @param {unknown} content anything that JSON can hold */
  write(content) {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify(content));
  }
}
