import {
  type ExitReason,
  type HostFactory,
  type MemoryUse,
  ObserverCrashedError,
  type ThreadActivity,
} from '@panoptes/core';
import type { ProcessControlApi } from '../process/relay/child-channel.js';
import { ProcessFigures } from '../process/relay/process-figures.js';
import type { ProcessEnd } from '../process/relay/relay-request.js';
import type { ProcessTerms } from '../process/process-terms.js';
import { lastWordsOf } from '../runtime/last-words.js';
import type { RelayThread, RelayedChannel } from './relay-thread.js';
import { type HostedIncarnation, RemoteHost } from './remote-host.js';

/** An observer in a process of its own, or in that of its group, reached by way of the relay's thread. */
class ProcessHost extends RemoteHost<ProcessControlApi> {
  readonly measure = (): Promise<MemoryUse> => this.alive(() => this.control.measure());
  readonly #figures = new ProcessFigures();
  readonly #channel: RelayedChannel;

  constructor(relay: RelayThread, incarnation: HostedIncarnation) {
    // What comes over the line comes from the relay: that it breaks is a bug there.
    super(incarnation, () => this.#channel.kill());
    const [{ name, module, memoryLimitMb, hostTerms }] = incarnation;
    this.#channel = relay.open(
      {
        name,
        module,
        memoryLimitMb,
        terms: hostTerms as ProcessTerms,
        line: this.line,
        figures: this.#figures.buffer,
      },
      (end) => {
        const reason = this.#reasonOf(end);
        const message = `the process of observer '${name}' has ended (${reason.code})`;
        this.exit(reason, new ObserverCrashedError(message, { cause: reason.error }));
      },
    );
  }

  activity(): ThreadActivity {
    const { processorMs, ageMs } = this.#figures;
    return { active: processorMs, idle: ageMs - processorMs };
  }

  async kill(reason: ObserverCrashedError): Promise<void> {
    this.ending ??= 'killed';
    this.die(reason);
    this.#channel.kill();
    await this.exited;
  }

  #reasonOf({ code, message, lastWords }: ProcessEnd): ExitReason {
    const said = message === undefined ? undefined : new ObserverCrashedError(message);
    const error = lastWords === undefined ? said : lastWordsOf(lastWords);
    if (this.ending === undefined) {
      return { normal: code === 'exit-0' || code === 'ended', code, error };
    }
    return { normal: this.ending === 'stopped', code: this.ending, error: undefined };
  }
}

/** Runs every observer in another process, by way of a relay. */
export const processHosts =
  (relay: RelayThread): HostFactory =>
  (...incarnation) =>
    new ProcessHost(relay, incarnation);
