import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { decodeEntry, viewEntry } from './entry-view.js';
import { PlainReader } from './entry-reader.js';
import { type PeerInput, createPeer } from './peer-entry.js';
import { encoded, fullPeer, peerNumbered, withValueAt } from './peer-entry.fixture.js';
import { patchEntry } from './peer-patch.js';

function refusal(check: () => unknown): PeerValidationError {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return error as PeerValidationError;
  }
  throw new Error('it was taken');
}

/** A slip of the pen in each object that a peer is made of, and what was meant. */
const slips: readonly [path: string, meant: string][] = [
  ['trustscore', 'trustScore'],
  ['peerId.publickey', 'publicKey'],
  ['endpoints[0].adress', 'address'],
  ['connectionMetrics.latencyMS', 'latencyMs'],
  ['capabilities.energylevel', 'energyLevel'],
  ['location.longtitude', 'longitude'],
  ['links[0].qualty', 'quality'],
  ['dhtInfo.lastcontact', 'lastContact'],
];

/** What takes a peer or a part of one. */
const takers: readonly [taker: string, take: (entry: object) => unknown][] = [
  ['an upsert', (entry) => encoded(entry, () => 0)],
  ['what a function returns', (entry) => encoded(entry)],
  ['createPeer', (entry) => createPeer(entry as PeerInput)],
  ['a patch', (entry) => encoded(patchEntry(peerNumbered(1), entry), () => 0)],
];

describe.each(takers)('a field that peers do not have, given to %s,', (_, take) => {
  it.each(slips)('is refused with its name, %s, and the one that was meant', (path, meant) => {
    const given = withValueAt(fullPeer(), path, 1) as object;
    const error = refusal(() => take(given));
    expect(error.field).toBe(path);
    expect(error.message).toContain(`'${path}'`);
    expect(error.message).toContain(`did you mean '${meant}'?`);
  });

  it.each(slips)('is refused when it stands in for the one that was meant, %s', (path, meant) => {
    const last = path.slice(path.lastIndexOf('.') + 1);
    const given = withValueAt(fullPeer(), path, 1) as object;
    const owner = path.slice(0, -last.length) + meant;
    const without = JSON.parse(JSON.stringify(withValueAt(given, owner, undefined))) as object;
    expect(refusal(() => take(without)).field).toBe(path);
  });

  it('is refused whatever it is called, and its name is not repeated at length', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'x'.repeat(100_000), '']) {
      const given = JSON.parse(JSON.stringify(fullPeer()).replace('{', `{"${name}":1,`)) as object;
      const { field, message } = refusal(() => take(given));
      expect(name.startsWith(field.replace('…', '')), name).toBe(true);
      expect(message.length).toBeLessThan(1_000);
    }
  });
});

describe('an entry', () => {
  it('that was taken before is refused all the same with a field more', () => {
    const entry = fullPeer();
    for (const [path] of slips) {
      encoded(entry);
      expect(refusal(() => encoded(withValueAt(entry, path, 1))).field).toBe(path);
      encoded(entry);
    }
  });

  it('may have optional fields that are there and undefined', () => {
    const { capabilities } = peerNumbered(1);
    const entry = {
      ...peerNumbered(1),
      nextHop: undefined,
      location: undefined,
      capabilities: { ...capabilities, energyLevel: undefined, nodeType: undefined },
    };
    for (let time = 0; time < 2; time++) {
      expect(encoded(entry).bytes.equals(encoded(peerNumbered(1)).bytes)).toBe(true);
    }
    const slip = { ...entry, nexthop: undefined };
    expect(refusal(() => encoded(slip)).field).toBe('nexthop');
  });

  it('may be a view, or an object whose fields come from its class', () => {
    const { memory, base, bytes } = encoded(fullPeer());
    const reader = new PlainReader();
    reader.at(memory, base);
    expect(encoded(viewEntry(reader)).bytes.equals(bytes)).toBe(true);
    class Peer {
      get lastSeen() {
        return fullPeer().lastSeen;
      }
    }
    const { lastSeen, ...own } = fullPeer();
    const peer = encoded(Object.assign(new Peer(), own));
    expect(decodeEntry(peer.memory, peer.base)).toEqual({ ...own, lastSeen });
  });

  it('is judged by its own fields alone', () => {
    Object.defineProperty(Object.prototype, 'polluted', {
      value: 1,
      enumerable: true,
      configurable: true,
    });
    try {
      encoded(fullPeer());
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted');
    }
  });
});
