import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandSession, stackLine } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'panoptes-bad-inputs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const goodLines = Array.from({ length: 2_000 }, (_, id) => `${id}\t1\t ${id} ${id + 50}`);
/** As much as does not shrink when packed, so that a cut comes in the middle of it. */
const packed = (): Buffer => {
  const notes = goodLines.map((line) => `${line}\t# ${randomBytes(8).toString('hex')}`);
  return gzipSync([...goodLines, ...notes].join('\n'));
};

const inputs = [
  ['an empty trace', 'empty.avt', () => '', /empty\.avt/],
  ['an empty crawl', 'empty.json', () => '', /empty\.json/],
  ['an empty churn file', 'empty.jsonl', () => '', /empty\.jsonl/],
  [
    'a binary file',
    'binary.avt',
    () => Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 167) & 0xff)),
    /binary\.avt, line \d+/,
  ],
  [
    'a file packed with gzip and cut off',
    'cut.avt.gz',
    () => {
      const whole = packed();
      return whole.subarray(0, Math.floor(whole.length / 3));
    },
    /cut\.avt\.gz/,
  ],
  [
    'a line of 64 MiB',
    'enormous.avt',
    () => Buffer.concat([Buffer.from(`${goodLines[0]!}\n1\t1\t`), Buffer.alloc(64 * 2 ** 20, '7')]),
    /enormous\.avt, line 2/,
  ],
  [
    'a trace with a session that ends before it starts',
    'backwards.avt',
    () => [goodLines[0], goodLines[1], 'x\t1\t 90 50', goodLines[3]].join('\n'),
    /backwards\.avt, line 3, field '\w+/,
  ],
  [
    'a trace with a word where a number is due',
    'word.avt',
    () => [goodLines[0], 'y\t1\t 10 soon', ''].join('\n'),
    /word\.avt, line 2, field '\w+/,
  ],
  [
    'churn with an operation that there is none of',
    'op.jsonl',
    () => `${JSON.stringify({ t: '2024-01-01T00:00:00Z', op: 'mul', id: 'ab'.repeat(32) })}\n`,
    /op\.jsonl, line 1, field 'op'/,
  ],
  [
    'a mesh with a quality above 1',
    'quality.json',
    () =>
      JSON.stringify(
        {
          nodes: [{ id: 'aa' }, { id: 'bb' }],
          links: [{ source: 'aa', target: 'bb', sourceTq: 7, targetTq: 1, type: 'vpn' }],
        },
        null,
        1,
      ),
    /quality\.json, line \d+, field '[^']*'/,
  ],
] as const;

it.each(inputs)('%s ends with exit code 2 and says where', async (_, name, content, place) => {
  const file = join(folder, name);
  writeFileSync(file, content());
  const { code, stdout, stderr } = await panoptes('replay', file, '--json', '--strict');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^panoptes: .+\n$/);
  expect(stderr).toMatch(place);
  expect(stderr).not.toMatch(stackLine);
});

const meshNode = { firstSeen: 1, lastSeen: 2, online: true, gateway: false, clients: 0 };
const oddMesh = {
  nodes: ['aa', 'bb', '路'.repeat(100)].map((id) => ({ id, ...meshNode })),
  links: [{ source: 'aa', target: 'nobody', sourceTq: 1, targetTq: 1, type: 'vpn' }],
};

it('an entry that cannot be taken is left out, counted and named; --strict refuses it', async () => {
  const file = join(folder, 'odd.json');
  writeFileSync(file, JSON.stringify(oddMesh, null, 1));
  const { code, stdout } = await panoptes('replay', file, '--observers', 'mesh', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    joins: 2,
    skipped: {
      count: 2,
      first: [
        {
          file,
          line: 19,
          field: 'nodes[2]',
          reason: expect.stringContaining('256 bytes') as string,
        },
        { file, field: 'links[0].target', reason: expect.stringContaining("'nobody'") as string },
      ],
    },
  });
  const text = await panoptes('replay', file, '--observers', 'mesh');
  expect(text.stdout).toContain('skipped 2 entries (--strict refuses them):');
  const strictly = await panoptes('replay', file, '--observers', 'mesh', '--strict');
  expect(strictly).toMatchObject({ code: 2, stdout: '' });
  expect(strictly.stderr).toContain("odd.json, line 19, field 'nodes[2]': peer field");
});

it.each([
  ['run', '/dev/zero'],
  ['sweep', '/dev/zero', '--out', '/nowhere'],
  ['replay', '/dev/zero'],
  ['fit', '/dev/zero'],
  ['check', '/dev/zero'],
  ['report', '/dev/zero', '--max-input', '1MiB'],
  ['compare', '/dev/zero', '/dev/zero', '--max-input', '1MiB'],
  ['run', '--replay-from', '/dev/zero', '--max-input', '1MiB'],
  ['run', 'kad', '--sessions', '/dev/zero'],
  ['bench', '--baseline', '/dev/zero'],
])('%s %s, which never ends, is refused with its name', async (...args) => {
  const { code, stdout, stderr } = await panoptes(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^panoptes: .*\/dev\/zero.*expected.*\n$/);
  expect(stderr).not.toMatch(stackLine);
});

it('a file that is not there ends with exit code 2 and its name', async () => {
  const { code, stderr } = await panoptes('replay', join(folder, 'nowhere.avt'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/nowhere\.avt/);
  expect(stderr).not.toMatch(stackLine);
});
