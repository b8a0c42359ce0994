import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { decodeEntry } from './entry-view.js';
import { type PeerInput, createPeer } from './peer-entry.js';
import { asRead, encoded, fullPeer, peerNumbered, withValueAt } from './peer-entry.fixture.js';
import { anyInput, filledIn } from './peer-input.fixture.js';

const now = 1_700;
const clock = { now: () => now, monotonic: () => 0, after: () => () => undefined };
const { peerId } = peerNumbered(1);

type SameShape = (a: unknown, b: unknown) => boolean;

/** The bytes of an entry, or the field and the message of its refusal. */
function outcome(encode: () => { readonly bytes: Buffer }): string {
  try {
    return encode().bytes.toString('hex');
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    const { field, message } = error as PeerValidationError;
    return `${field}: ${message}`;
  }
}
const upserted = (input: unknown): string => outcome(() => encoded(input, clock.now));
const created = (input: unknown): string =>
  outcome(() => encoded(createPeer(input as PeerInput, clock)));

describe('what is left out of a peer', () => {
  it('is filled in with what the table of fields says, by createPeer and by an upsert', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const whole = asRead(filledIn(input, now));
        expect(createPeer(input, clock)).toEqual(whole);
        const { memory, base } = encoded(input, clock.now);
        expect(decodeEntry(memory, base)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the bytes that the same upsert of createPeer leaves', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const before = structuredClone(input);
        expect(upserted(input)).toBe(created(input));
        expect(input).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it('is filled in with the same values, however often and after whomever', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { minLength: 2, maxLength: 6 }), (inputs) => {
        const first = inputs.map(upserted);
        expect([...inputs, ...inputs].map(created)).toEqual([...first, ...first]);
        expect([...inputs].reverse().map(upserted).reverse()).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });

  it('may be left out as undefined, too', () => {
    const whole = createPeer({ peerId }, clock);
    for (const name of Object.keys(fullPeer())) {
      const value = name === 'peerId' ? peerId : undefined;
      expect(createPeer({ peerId, [name]: value }, clock)).toEqual(whole);
      expect(upserted({ peerId, [name]: value })).toBe(created({ peerId }));
    }
  });

  it('is refused where an entry must be whole', () => {
    for (const name of ['endpoints', 'connectionMetrics', 'trustScore', 'tier', 'lastSeen']) {
      expect(outcome(() => encoded(withValueAt(fullPeer(), name, undefined)))).toContain(
        `${name}: `,
      );
    }
    expect(
      outcome(() => encoded(withValueAt(fullPeer(), 'links[0].quality', undefined))),
    ).toContain('links[0].quality: ');
  });
});

describe('a bad peer', () => {
  const paths = [
    ...['peerId', 'peerId.nodeId', 'peerId.publicKey', 'peerId.did', 'endpoints', 'endpoints[0]'],
    ...[
      'endpoints[0].address',
      'endpoints[0].latencyMs',
      'activeProtocols[1]',
      'nextHop',
      'hopCount',
    ],
    ...['connectionMetrics', 'connectionMetrics.connectedAt', 'authenticated', 'capabilities'],
    ...['capabilities.energyLevel', 'capabilities.protocols', 'location', 'location.latitude'],
    ...['location.region', 'links[0]', 'links[0].quality', 'links[0].type', 'dhtInfo', 'tier'],
    ...['dhtInfo.failedAttempts', 'discoveryMethod', 'lastSeen', 'trustScore', 'colour'],
  ];
  const values = [null, [], {}, '', 'x', -1, 1e300, Number.NaN, true, [[]], Buffer.alloc(3), 5n];

  it.each(paths)('is refused at the same place and in the same words by both, at %s', (path) => {
    for (const value of values) {
      const given = withValueAt(fullPeer(), path, value);
      expect(upserted(given)).toBe(created(given));
    }
  });

  it('is no list and no bytes, in place of itself and of any of its groups', () => {
    for (const odd of [[], [1], Buffer.alloc(0), Buffer.alloc(2), new Float64Array(1e6)]) {
      expect(created(odd)).toContain('peer: ');
      for (const group of ['connectionMetrics', 'capabilities', 'location', 'dhtInfo', 'peerId']) {
        const given = { ...fullPeer(), [group]: odd };
        expect(created(given)).toContain(`${group}: `);
        expect(upserted(given)).toBe(created(given));
      }
    }
  });
});

describe('what createPeer makes', () => {
  it('has one shape for all peers of which nothing optional is known', () => {
    const inputs: PeerInput[] = [
      { peerId },
      { tier: 'tier1', peerId, links: [{ type: 'x', nodeId: 'a' }] },
      { ...fullPeer(), nextHop: undefined, location: undefined, dhtInfo: undefined },
      { capabilities: { maxBandwidth: 3 }, lastSeen: 4.5, peerId },
    ];
    const [first, ...others] = inputs.map((input) => createPeer(input, clock));
    // V8's own word for it, which it has only while it is allowed.
    setFlagsFromString('--allow-natives-syntax');
    try {
      const haveSameShape = runInThisContext('(a, b) => %HaveSameMap(a, b)') as SameShape;
      expect(haveSameShape(first, fullPeer())).toBe(false);
      for (const other of others) {
        expect(haveSameShape(first, other)).toBe(true);
        expect(haveSameShape(first!.connectionMetrics, other.connectionMetrics)).toBe(true);
      }
    } finally {
      setFlagsFromString('--no-allow-natives-syntax');
    }
  });

  it('shares nothing with what it was made of, and may be made in a getter of another', () => {
    const links = [{ nodeId: 'a', type: 'x' }];
    const input = {
      links,
      get peerId() {
        return createPeer({ peerId, links: [{ nodeId: 'b', type: 'y' }] }).peerId;
      },
    };
    const peer = createPeer(input);
    expect(peer.peerId).toEqual(peerId);
    links[0]!.nodeId = 'c';
    expect(peer.links).toEqual([{ nodeId: 'a', quality: 1, type: 'x' }]);
  });
});
