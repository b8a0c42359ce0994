import { ENR, getV4Crypto } from '@chainsafe/enr';
import { describe, expect, it } from 'vitest';
import { makeRecord } from './enr.fixture.js';
import { decodeNodeRecord } from './enr-record.js';

/** Taken before anything was decoded. */
const untouched = getV4Crypto();

describe('a node record', () => {
  it('decodes to id, key, endpoints and protocols', () => {
    const { record, id, publicKey } = makeRecord('a', { seq: 7 });
    expect(decodeNodeRecord(record)).toEqual({
      nodeId: id,
      publicKey,
      seq: 7,
      endpoints: [
        { address: '10.0.0.1:30303', protocol: 'udp' },
        { address: '10.0.0.1:30304', protocol: 'tcp' },
      ],
      protocols: ['eth'],
    });
  });

  it('has the node id that a decoder with signature check computes', () => {
    const { record } = makeRecord('b');
    expect(decodeNodeRecord(record).nodeId).toBe(ENR.decodeTxt(record).nodeId);
  });

  it('leaves the cryptography of the library as it was, also after a failure', () => {
    decodeNodeRecord(makeRecord('a').record);
    expect(getV4Crypto()).toBe(untouched);
    expect(() => decodeNodeRecord('enr:xxxx')).toThrow();
    expect(getV4Crypto()).toBe(untouched);
  });

  it.each(['', 'enr:', 'enr:-Je4', 'node', `enr:${'A'.repeat(100)}`])('%j is none', (text) => {
    expect(() => decodeNodeRecord(text)).toThrow();
  });
});
