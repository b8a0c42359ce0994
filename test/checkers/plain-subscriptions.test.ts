import { type Clock, type PeerPatch, type Subscription, tiers } from '@panoptes/core';
import { type ChurnEvent, PlainModel } from '@panoptes/testkit';
import { createRegistry, type PeerRegistry } from '@panoptes/workers';
import { loadDefinition } from '@panoptes/workers/contained';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { handedModule } from '../fixtures/handed-module.js';
import { peerNamed } from '../fixtures/random-traffic.js';

const methods = ['bootstrap', 'dht', 'manual'] as const;
const kinds = ['PeerAdded', 'PeerUpdated', 'PeerRemoved'] as const;
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

const anySubscription: fc.Arbitrary<Subscription> = fc.record(
  {
    kinds: some(kinds),
    tiers: some(tiers.slice(0, 3)),
    discoveryMethods: some(methods),
    authenticated: fc.boolean(),
    quantumSecure: fc.boolean(),
  },
  { requiredKeys: [] },
);

const anyStep = fc.record({
  kind: fc.constantFrom('update', 'patch', 'patch', 'leave'),
  peer: fc.nat(3),
  fields: fc.record(
    {
      tier: fc.constantFrom(...tiers.slice(0, 3)),
      discoveryMethod: fc.constantFrom(...methods),
      authenticated: fc.boolean(),
      quantumSecure: fc.boolean(),
      trustScore: fc.constantFrom(0, 1),
      location: fc.constantFrom(
        { latitude: 0, longitude: 2 },
        { latitude: 1, longitude: 0, region: 'here' },
      ),
      nextHop: fc.constantFrom('q', 'r'),
    },
    { requiredKeys: ['tier', 'discoveryMethod', 'authenticated', 'quantumSecure', 'trustScore'] },
  ),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** Later than anything that the peers of the tests say. */
const began = 1_800_000_000_000;

/** A patch that takes away what the fields leave out. */
const withoutAbsent = (fields: Step['fields']): PeerPatch => ({
  ...fields,
  location: fields.location ?? null,
  nextHop: fields.nextHop ?? null,
});

/** The steps as churn, a millisecond apart; nobody is patched who is not there. */
function churnOf(steps: readonly Step[]): ChurnEvent[] {
  const known = new Set<string>();
  return steps.map(({ kind, peer, fields }, place): ChurnEvent => {
    const nodeId = `p${peer}`;
    const at = place + 1;
    if (kind === 'leave') {
      known.delete(nodeId);
      return { at, kind, nodeId };
    }
    if (kind === 'patch' && known.has(nodeId)) {
      return { at, kind, nodeId, patch: withoutAbsent(fields) };
    }
    known.add(nodeId);
    return { at, kind: 'update', peer: peerNamed(nodeId, fields) };
  });
}

function apply(registry: PeerRegistry, change: ChurnEvent): Promise<unknown> {
  if (change.kind === 'leave') return registry.remove(change.nodeId);
  if (change.kind === 'patch') return registry.update(change.nodeId, change.patch);
  return registry.upsert(change.peer);
}

it('an observer is handed by the plain model what the registry hands it, whatever it subscribes to', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyStep, { maxLength: 12 }), { maxLength: 4 }),
      anySubscription,
      async (parts, wanted) => {
        const module = handedModule(wanted);
        const time = { ms: began };
        const now = (): number => time.ms;
        const clock: Clock = { now, monotonic: now, after: () => () => undefined };
        const registry = await createRegistry({
          ...{ clock, logger: false },
          // There is one for each run: a large one takes longer to make than all that is done in it.
          log: { logBytes: 2 ** 20 },
        });
        const observer = await registry.registerObserver({ module, host: 'inline' });
        const definition = await loadDefinition(module.href);
        const model = await PlainModel.start([{ name: 'handed', definition }], began);
        const churn = churnOf(parts.flat());
        for (const { length } of parts) {
          for (const change of churn.splice(0, length)) {
            await model.apply(change);
            time.ms = began + change.at;
            await apply(registry, change);
          }
          await registry.settled();
          const { findings } = await model.account();
          expect(findings.get('handed')).toEqual({ digest: await observer.digest() });
        }
        await registry.close();
      },
    ),
    { numRuns: 150 },
  );
});
