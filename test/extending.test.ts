import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExtendedClone } from './extending/extended-clone.js';
import { patched, stepsOf } from './extending/page-steps.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(new URL('../docs/EXTENDING.md', import.meta.url), 'utf8');
const { edits, commands, loose } = stepsOf(page);

let clone: ExtendedClone | undefined;

beforeAll(async () => {
  const extended = (clone = new ExtendedClone(root));
  for (const edit of edits) extended.edit(edit);
  await extended.bundle();
});
afterAll(() => clone?.remove());

describe('docs/EXTENDING.md', () => {
  it('has a command for each thing that can be added, and no code that is not held here', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings.length).toBeGreaterThanOrEqual(5);
    expect([...new Set(commands.map(({ heading }) => heading))]).toEqual(headings);
    expect(loose).toEqual([]);
  });

  it('edits what the compiler accepts', () => {
    expect(clone!.complaints()).toEqual([]);
  });

  it.each(commands)('$heading: $command prints what is shown', async ({ command, output }) => {
    const printed = (await clone!.run(command)).split('\n');
    expect(output.length).toBeGreaterThan(0);
    // What is shown is part of it, in this order; a table's line may be shown without its end.
    let from = 0;
    for (const line of output) {
      const at = printed.findIndex((other, index) => index >= from && other.startsWith(line));
      if (at === -1) expect(printed.slice(from)).toContain(line);
      from = at + 1;
    }
  });
});

describe('an edit', () => {
  it('is refused where its lines are not in the file, or not only once', () => {
    expect(patched('a\nb\n', ' a\n+c\n')).toBe('a\nc\nb\n');
    expect(() => patched('a\nb\n', ' x\n+c\n')).toThrow('got them 0 times');
    expect(() => patched('a\na\n', ' a\n+c\n')).toThrow('got them 2 times');
  });
});
