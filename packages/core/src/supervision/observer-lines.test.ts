import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { Stage } from './scripted-host.fixture.js';

const key = 'a1'.repeat(40);
const restart = { minBackoffMs: 1, maxBackoffMs: 1, maxRestarts: 2 };

async function live(options: ConstructorParameters<typeof Stage>[0] = {}) {
  const stage = new Stage({ restart, outputLinesPerSec: 10_000, ...options });
  const handle = await stage.supervisor.register(stage.spec('a'));
  const crash = async (error: Error) => {
    stage.host.die(error);
    await settleTurns();
    stage.clock.advance(2);
    await settleTurns();
  };
  const print = (...texts: string[]) => {
    for (const text of texts) stage.host.health.output.write('stdout', text);
  };
  const texts = () => handle.lines().map(({ text }) => text);
  return { stage, handle, crash, print, texts };
}

describe('the lines of an observer', () => {
  it('are what it printed and what was said of it, through its incarnations, in order', async () => {
    const { stage, handle, crash, print } = await live();
    print('hello\n');
    stage.host.health.output.write('stderr', `of ${key}\n`);
    stage.clock.advance(250);
    print('last words\n');
    await crash(new Error('out of luck'));
    const lines = handle.lines();
    expect(lines.map(({ number }) => number)).toEqual(lines.map((_, at) => at + 1));
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b));
    const said = { source: 'supervisor', level: 'info', incarnation: 1 };
    const from = lines.findIndex(({ text }) => text === 'observer live');
    expect(lines.slice(from)).toMatchObject([
      { ...said, text: 'observer live' },
      { source: 'stdout', level: 'info', incarnation: 1, text: 'hello' },
      { source: 'stderr', level: 'warn', incarnation: 1, text: 'of a1a1a1a1…' },
      { ...said, text: 'observer crashed' },
      { source: 'stdout', incarnation: 1, text: 'last words' },
      {
        ...{ source: 'supervisor', level: 'warn', incarnation: 1 },
        text: expect.stringMatching(/^crashed: out of luck\nError: out of luck\n {4}at /) as string,
      },
      { ...said, text: 'observer backoff' },
      { ...said, text: 'observer starting' },
      { ...said, incarnation: 2, text: 'observer syncing' },
      { ...said, incarnation: 2, text: 'observer live' },
    ]);
  });

  it('are what is logged of it, neither more nor less', async () => {
    const { stage, crash, print, texts } = await live();
    print('\u001b[2Jcleared\u202e\n', 'a\nb\n');
    await crash(new Error('gone'));
    const logged = stage.logged.map(({ msg, stack }) =>
      stack === undefined ? msg : `${msg as string}\n${stack as string}`,
    );
    expect(texts()).toEqual(logged);
    expect(texts()).toContain('\\u001b[2Jcleared\\u202e');
  });

  it('are bounded: in number, where what it prints takes no room from what is said of it', async () => {
    const { stage, handle, crash, print, texts } = await live({ maxLines: 5 });
    await crash(new Error('the first'));
    for (let n = 0; n < 300; n++) print(`line ${n}\n`);
    stage.clock.advance(250);
    expect(texts().slice(-5)).toEqual([295, 296, 297, 298, 299].map((n) => `line ${n}`));
    expect(texts().some((text) => text.startsWith('crashed: the first'))).toBe(true);
    const sources = handle.lines().map(({ source }) => source);
    expect(sources.filter((source) => source === 'supervisor')).toHaveLength(5);
    // Who reads them sees that some are missing.
    const [before, first] = handle.lines().slice(-6);
    expect(first!.number - before!.number).toBe(296);
  });

  it('are bounded in length, each of them and all together', async () => {
    const { stage, handle, print, crash } = await live({ maxLines: 50 });
    const printed = () => handle.lines().filter(({ source }) => source === 'stdout');
    for (let n = 0; n < 40; n++) {
      print('\u0001'.repeat(4_000));
      stage.clock.advance(250);
    }
    for (const { text } of printed()) {
      expect(text).toHaveLength(4_096);
      expect(text).toMatch(/^(\\u0001)+[\\u01]*…$/);
    }
    // As many characters as 50 lines of 160 have.
    expect(printed()).toHaveLength(1);
    print(...new Array<string>(45).fill('short'));
    stage.clock.advance(250);
    expect(printed()).toHaveLength(46);
    await crash(new Error('long '.repeat(100_000)));
    expect(Math.max(...handle.lines().map(({ text }) => text.length))).toBe(4_096);
  });

  it('are none where none are wanted, and stay those of their observer when it is gone', async () => {
    const none = await live({ maxLines: 0 });
    none.print('hello\n');
    none.stage.clock.advance(250);
    expect(none.handle.lines()).toEqual([]);
    expect(none.stage.logged.map(({ msg }) => msg)).toContain('hello');
    const { stage, print, texts } = await live();
    print('bye\n');
    await stage.supervisor.unregister('a');
    expect(texts().slice(-3)).toEqual(['observer stopping', 'bye', 'observer stopped']);
  });

  it('are copies: who reads them changes nothing', async () => {
    const { handle } = await live();
    const [first] = handle.lines();
    handle.lines().length = 0;
    expect(() => Object.assign(first!, { text: 'forged' })).toThrow(TypeError);
    expect(handle.lines()[0]).toBe(first);
  });

  it('tell of a thread that was given up', async () => {
    const { stage, handle } = await live();
    Object.assign(stage.host, { script: { stop: 'hangs', kill: 'hangs' } });
    const ended = stage.supervisor.unregister('a');
    await stage.pass(7_000);
    await ended;
    expect(handle.lines().filter(({ level }) => level === 'error')).toMatchObject([
      { incarnation: 1, text: 'a thread does not end; it was given up' },
    ]);
  });
});
