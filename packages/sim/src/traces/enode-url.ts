import { ECDH } from 'node:crypto';
import { createNodeId, defaultCrypto } from '@chainsafe/enr';
import type { NodeRecord } from './enr-record.js';

/** Whether a text says that it is an enode URL. */
export const isEnodeUrl = (text: string): boolean => text.startsWith('enode://');

const enodeForm =
  /^enode:\/\/([0-9a-f]{128})@(\[[0-9a-f:.]+\]|[^:[\]/?]*):(\d{1,5})(?:\?discport=(\d{1,5}))?$/i;
const mostPort = 65_535;

/**
 * Decodes an enode URL, `enode://<key>@<address>:<port>?discport=<port>`: what was used before node
 * records, and is still written for nodes of which no record is known. It has no version.
 *
 * @throws {Error} when the text is no such URL
 */
export function decodeEnodeUrl(text: string): NodeRecord {
  const [, key, host = '', tcp, udp = tcp] = enodeForm.exec(text) ?? [];
  if (key === undefined || Number(tcp) > mostPort || Number(udp) > mostPort) {
    throw new Error('expected enode://, 128 hex digits, @, an address and a port');
  }
  const compressed = ECDH.convertKey(`04${key}`, 'secp256k1', 'hex', 'hex', 'compressed');
  const ports = [
    { protocol: 'udp', port: Number(udp) },
    { protocol: 'tcp', port: Number(tcp) },
  ];
  return {
    nodeId: createNodeId(defaultCrypto.hash(Buffer.from(key, 'hex'))),
    publicKey: compressed as string,
    seq: undefined,
    // A node that is not reached directly has no address or no port.
    endpoints: ports
      .filter(({ port }) => host !== '' && port > 0)
      .map(({ protocol, port }) => ({ address: `${host}:${port}`, protocol })),
    protocols: [],
  };
}
