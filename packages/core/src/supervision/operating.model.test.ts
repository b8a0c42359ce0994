import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import type { ObserverHandle } from './observer-handle.js';
import { type ScriptedHost, Stage } from './scripted-host.fixture.js';

/** What an owner, or fate, may do to an observer. */
const steps = [
  'pause',
  'resume',
  'restart',
  'crash',
  'lap',
  'leave late',
  'time passes',
  'turn',
] as const;
type Step = (typeof steps)[number];

/** One observer, and what is to be true of it after each step. */
class Play {
  readonly stage = new Stage({ restart: { maxRestarts: 1_000_000, maxBackoffMs: 400 } });
  readonly calls: Promise<unknown>[] = [];
  #handle!: ObserverHandle;
  #isToPause = false;
  #resumes = 0;
  /** What it had been told when a call of `pause` had resolved, as long as nobody has resumed it. */
  #toldThen: number | undefined;

  async begin(): Promise<void> {
    this.#handle = await this.stage.supervisor.register(this.stage.spec('a'));
  }

  async take(step: Step): Promise<void> {
    const handle = this.#handle;
    switch (step) {
      case 'pause': {
        this.#isToPause = true;
        const resumes = this.#resumes;
        const noted = (): void => {
          if (resumes === this.#resumes) this.#toldThen ??= this.#told;
        };
        return this.#keep(handle.pause().then(noted));
      }
      case 'resume':
        this.#isToPause = false;
        this.#resumes++;
        this.#toldThen = undefined;
        return this.#keep(handle.resume());
      case 'restart':
        return this.#keep(handle.restart());
      case 'crash':
        return this.#alive[0]?.die(new Error('a crash amid it all'));
      case 'lap':
        return this.#following?.lap();
      case 'leave late':
        this.stage.script = { pause: this.stage.script.pause === 'hangs' ? 'works' : 'hangs' };
        if (this.#following?.calls.at(-1) === 'pause') this.#following.leave('paused');
        return;
      case 'time passes':
        return this.stage.clock.advance(150);
      case 'turn':
        return settleTurns(1);
    }
  }

  check(): void {
    expect(this.#alive.length).toBeLessThanOrEqual(1);
    const { pausedAt, state } = this.#handle.stats();
    expect(pausedAt > 0).toBe(this.#isToPause);
    if (state === 'paused') expect(this.#isToPause).toBe(true);
    if (this.#toldThen !== undefined) expect(this.#told).toBe(this.#toldThen);
  }

  /** Whatever has happened, it is live again when it is resumed, and every call has settled. */
  async end(): Promise<void> {
    const resumed = this.#handle.resume();
    for (let turn = 0; turn < 20; turn++) {
      const host = this.#following;
      if (host?.calls.at(-1) === 'pause') host.leave('paused');
      await this.stage.pass(100);
    }
    await resumed;
    expect(this.#handle.state).toBe('live');
    await Promise.all(this.calls);
    await this.stage.supervisor.close();
    expect(this.#alive).toEqual([]);
    expect(this.stage.clock.timers).toBe(0);
    expect(this.stage.failures).toEqual([]);
  }

  get #alive(): ScriptedHost[] {
    return this.stage.hosts.filter(({ hasEnded, calls }) => calls.length > 0 && !hasEnded);
  }

  /** The incarnation that follows the log, or is to leave it. */
  get #following(): ScriptedHost | undefined {
    return this.#alive.find(({ calls }) => ['follow', 'pause'].includes(calls.at(-1)!));
  }

  /** How often any incarnation was given something. */
  get #told(): number {
    const given = this.stage.hosts.flatMap(({ calls }) => calls);
    return given.filter((call) => call === 'load' || call === 'follow').length;
  }

  #keep(call: Promise<unknown>): void {
    this.calls.push(call.catch((error: unknown) => error));
  }
}

it('an observer that is paused, resumed, restarted and dies in any order is what it was told to be', async () => {
  const plays = fc.array(fc.constantFrom(...steps), { minLength: 5, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(plays, async (taken) => {
      const play = new Play();
      await play.begin();
      for (const step of taken) {
        await play.take(step);
        play.check();
      }
      await play.end();
    }),
    { numRuns: 60 },
  );
});
