import { tiers } from '@panoptes/core/observer';
import type { ChurnEvent } from '@panoptes/testkit/model';
import { ReadyEvents } from '../../churn/churn-events.js';
import type { ChurnSource } from '../../churn/churn-source.js';
import { exponential } from '../../churn/distribution.js';
import { substream, type Uniform } from '../../churn/random-source.js';
import { generatedEpochMs } from '../../time/generated-epoch.js';
import { lastEnd } from '../../time/time-span.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import type { PhaseSpec } from '../schema/phases.js';
import type { ClassSpec } from '../schema/population.js';
import type { GeneratedScenario } from '../schema/scenario.js';
import type { PeerUpdatesSpec } from '../schema/updates.js';
import { ClassChurn } from './class-churn.js';
import { classEntries } from './class-entries.js';
import {
  startCrowd,
  startDeparture,
  startOutage,
  startPartition,
  type StruckPeers,
} from './disruption.js';
import { Network } from './network.js';
import { PeerGroup } from './peer-group.js';
import { type KindTraits, PeerKind } from './peer-kind.js';
import { type PhaseSpan, phaseSpans } from './phase-spans.js';
import type { RecordedInputs } from './recorded-inputs.js';
import { topologyOf } from './topology.js';
import { startUpdates } from './update-process.js';
import { ValidatorSeats } from './validator-seats.js';

/**
 * The churn that a scenario describes, as a source to be played. Each actor (a class, a phase, an
 * update of a kind of peers) has random numbers of its own, by its name: adding one leaves the
 * others' course as it was. Equal scenarios and seeds give equal events, byte for byte.
 *
 * @param inputs - what the scenario's files hold
 */
export function scenarioChurn(scenario: GeneratedScenario, inputs: RecordedInputs): ChurnSource {
  const spans = phaseSpans(scenario.phases);
  const durationMs = lastEnd(spans);
  const clock = new VirtualClock(generatedEpochMs);
  return {
    name: `${scenario.name}, ${scenario.population.peers} peers, seed ${scenario.seed}`,
    kind: 'generated churn',
    epochMs: generatedEpochMs,
    events: new ReadyEvents(
      eventsOf(new World(scenario, inputs, spans).network, clock, durationMs),
    ),
    spanMs: () => durationMs,
    fractionRead: () => clock.monotonic() / durationMs,
    skipped: inputs.skipped,
  };
}

function* eventsOf(
  network: Network,
  clock: VirtualClock,
  durationMs: number,
): Generator<ChurnEvent, void, undefined> {
  for (;;) {
    const at = network.nextAt();
    if (at === undefined || at > durationMs) break;
    clock.advanceTo(at);
    yield* network.step();
  }
  clock.advanceTo(durationMs);
}

/** All actors of a scenario, in their network. */
class World {
  readonly network: Network;
  /** Classes by name. */
  readonly #classes: ReadonlyMap<string, PeerClass>;

  constructor(
    private readonly scenario: GeneratedScenario,
    private readonly inputs: RecordedInputs,
    spans: readonly PhaseSpan<PhaseSpec>[],
  ) {
    const { population, topology, updates } = scenario;
    this.network = new Network(
      topologyOf(topology, population.peers, inputs.links, this.#stream('topology')),
    );
    this.#classes = new Map(
      population.classes.map((spec) => [spec.name, { spec, peers: new PeerGroup() }]),
    );
    for (const spec of population.classes) this.#addClass(spec, spans);
    if (updates.validators !== undefined) {
      new ValidatorSeats(this.network, updates.validators, this.#stream('validators'));
    }
    for (const span of spans) this.#addPhase(span);
  }

  #stream(actor: string): Uniform {
    return substream(this.scenario.seed, actor);
  }

  #addClass(spec: ClassSpec, spans: readonly PhaseSpan<PhaseSpec>[]): void {
    const { population } = this.scenario;
    const { arrivals, sessions } = this.inputs;
    const name = `class ${spec.name}`;
    const stream = (part: string): Uniform => this.#stream(`${name}: ${part}`);
    const stay = sessions.get(spec.name)!;
    const initial = Math.round(population.peers * spec.share);
    const meanMs =
      arrivals.meanMs === undefined
        ? stay.meanMs / (population.peers * spec.share)
        : arrivals.meanMs / spec.share;
    const usual = stay.meanMs / meanMs;
    const { ids } = this.inputs;
    const idOf = ids.length === 0 ? undefined : (number: number): string => ids[number]!;
    const kind = this.#kind(spec, name, stream('measurements'), idOf);
    const [first] = spans;
    const churn = {
      kind,
      sessions: stay,
      arrivals: arrivals.ofMean(meanMs),
      initial,
      population: Math.ceil(Math.max(initial, usual) / population.availability),
      warmUpMs: first?.phase.kind === 'warm-up' ? first.endsAt : 0,
    };
    new ClassChurn(this.network, churn, stream);
    const peers = kind.online;
    startUpdates(this.#updatesOf(spec), {
      network: this.network,
      epochMs: generatedEpochMs,
      peers,
      usual: Math.max(initial, usual),
      startsAt: 0,
      stream,
    });
  }

  #kind(
    spec: ClassSpec,
    name: string,
    uniform: Uniform,
    idOf?: (number: number) => string,
    traits: KindTraits = {},
  ): PeerKind {
    const rotates = this.scenario.updates.validators !== undefined;
    const entries = classEntries(spec, generatedEpochMs, rotates);
    const { seed } = this.scenario;
    const kind = new PeerKind(seed, name, spec, entries, uniform, idOf, traits);
    this.#classes.get(spec.name)!.peers.addKind(kind.online);
    return kind;
  }

  #updatesOf({ updates = this.scenario.updates }: ClassSpec): PeerUpdatesSpec {
    return updates;
  }

  /** @param name - of a class; everyone without */
  #struckBy(name: string | undefined): StruckPeers {
    if (name === undefined) return { online: this.network.online, isStruck: () => true };
    const { peers } = this.#classes.get(name)!;
    return { online: peers, isStruck: (peer) => peers.isOf(peer) };
  }

  #addPhase({ phase, startsAt }: PhaseSpan<PhaseSpec>): void {
    const { network } = this;
    const name = `phase ${phase.name}`;
    const stream = (part: string): Uniform => this.#stream(`${name}: ${part}`);
    const uniform = stream('course');
    switch (phase.kind) {
      case 'warm-up':
      case 'steady':
        return;
      case 'regional-outage':
        return startOutage({ phase, network, startsAt, uniform }, this.#struckBy(phase.class));
      case 'partition':
        return startPartition({ phase, network, startsAt, uniform }, this.#struckBy(phase.class));
      case 'mass-departure':
        return startDeparture({ phase, network, startsAt, uniform }, this.#struckBy(phase.class));
      case 'flash-crowd':
      case 'sybil-flood': {
        const [first] = this.scenario.population.classes;
        const { spec } = this.#classes.get(phase.class ?? first!.name)!;
        const stay = exponential(phase.stay);
        const traits = phase.kind === 'sybil-flood' ? { tier: tiers.at(-1)!, trust: 0.1 } : {};
        const kind = this.#kind(spec, name, stream('measurements'), undefined, traits);
        startCrowd({ phase, network, startsAt, uniform }, kind, stay.sampler(stream('sessions')));
        const usual = phase.peers;
        startUpdates(this.#updatesOf(spec), {
          network,
          epochMs: generatedEpochMs,
          peers: kind.online,
          usual,
          startsAt,
          stream,
        });
      }
    }
  }
}

/** A class with all who are of it, or like it. */
interface PeerClass {
  readonly spec: ClassSpec;
  readonly peers: PeerGroup;
}
