import { createHash } from 'node:crypto';
import { SignableENR } from '@chainsafe/enr';

/** A node record made for a test: its text and the node id it must decode to. */
export interface MadeRecord {
  readonly record: string;
  readonly id: string;
  readonly seq: number;
  readonly publicKey: string;
}

/** Makes and signs the record of a node. Different names are different nodes. */
export function makeRecord(
  name: string,
  { seq = 1, udp = 30303, ip = '10.0.0.1' } = {},
): MadeRecord {
  const privateKey = createHash('sha256').update(name).digest();
  const enr = SignableENR.createV4(privateKey, { eth: Buffer.from('c0', 'hex') });
  enr.ip = ip;
  enr.udp = udp;
  enr.tcp = 30304;
  enr.seq = BigInt(seq);
  const publicKey = Buffer.from(enr.publicKey).toString('hex');
  return { record: enr.encodeTxt(), id: enr.nodeId, seq, publicKey };
}
