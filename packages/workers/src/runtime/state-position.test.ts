import { describe, expect, it } from 'vitest';
import { StatePosition } from './state-position.js';

describe('who waits for a transaction', () => {
  it('goes on when a handler has taken it in', async () => {
    const position = new StatePosition();
    const reached = position.reached(2);
    position.enter(1);
    position.tell();
    position.enter(3);
    position.tell();
    await reached;
    await position.reached(3);
  });

  it('is refused when nothing more comes for now, before and after, until more does', async () => {
    const position = new StatePosition();
    position.enter(1);
    const waiting = position.reached(2);
    position.rest();
    const refused = {
      code: 'QUERY_FAILED',
      message: expect.stringContaining('transaction 1') as string,
    };
    await expect(waiting).rejects.toMatchObject(refused);
    await expect(position.reached(2)).rejects.toMatchObject(refused);
    await position.reached(1);
    position.goOn();
    const later = position.reached(2);
    position.enter(2);
    position.tell();
    await later;
  });
});
