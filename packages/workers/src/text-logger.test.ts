import { describe, expect, it } from 'vitest';
import { textLogger } from './text-logger.js';

function open(level?: Parameters<typeof textLogger>[0]) {
  const written: string[] = [];
  return { written, logger: textLogger(level, (text) => void written.push(text)) };
}

describe('a logger of text', () => {
  it('writes warnings and what is worse, a line each, unless another level is asked for', () => {
    for (const [level, count] of [
      [undefined, 3],
      ['error', 2],
      ['info', 4],
      ['silent', 0],
    ] as const) {
      const { written, logger } = open(level);
      logger.info('a');
      logger.warn('b');
      logger.error('c');
      logger.fatal('d');
      expect(written, level).toHaveLength(count);
    }
  });

  it('says who, what and where', () => {
    const { written, logger } = open();
    logger
      .child({ actor: 'observer', observer: 'routing' })
      .warn(
        { incarnation: 2, code: 'error', seq: 17, stack: 'Error: no\n    at here' },
        'crashed: no',
      );
    expect(written).toEqual([
      "panoptes warn  observer 'routing', incarnation 2: crashed: no (code=error seq=17)\n" +
        '    Error: no\n        at here\n',
    ]);
  });

  it('writes the stack of an error', () => {
    const { written, logger } = open();
    logger.fatal({ err: new TypeError('a bug') }, 'the registry failed');
    expect(written[0]).toMatch(
      /^panoptes fatal the registry failed\n {4}TypeError: a bug\n {8}at /,
    );
  });

  it('lets nothing through that a terminal would obey', () => {
    const { written, logger } = open();
    const nasty = 'a\u001b[31mred\u001b[0m\r\u0007\u009b2J\u202eb\n[panoptes] a line of its own';
    logger.child({ observer: nasty }).warn({ code: nasty }, nasty);
    for (const one of ['\u001b', '\r', '\u0007', '\u009b', '\u202e']) {
      expect(written[0]).not.toContain(one);
    }
    for (const line of written[0]!.trimEnd().split('\n').slice(1)) expect(line).toMatch(/^ {4}/);
  });
});
