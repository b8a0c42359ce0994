/**
 * Transactions whose every byte follows from their seq, so that a reader on any thread can tell what
 * it should have got. Plain JavaScript, because worker threads load it as it is.
 */
import { FLAG_MORE, RECORD_HEADER_BYTES, RecordOffset } from '../../dist/log/log-layout.js';

/** @param {number} a @param {number} b @returns {number} */
export const mix = (a, b) => {
  let x = Math.imul(a ^ (b + 0x9e3779b9), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

/** How many records transaction `seq` has: mostly one. @param {number} seq @returns {number} */
export const recordsOf = (seq) => (mix(seq, 1) % 8 === 0 ? 2 + (mix(seq, 2) % 4) : 1);

/** Payload of one record, in bytes. @param {number} seq @param {number} record @returns {number} */
export const payloadOf = (seq, record) => (mix(seq, 16 + record) % 40) * 8;

/** When transaction `seq` was handed in. @param {number} seq @returns {number} */
const timeOf = (seq) => 1.7e12 + mix(seq, 3) / 16;

/**
 * Writes transaction `seq`.
 *
 * @param {{ u32: Uint32Array, begin(kind: number, reason: number, flags: number, seq: number, bytes: number, time: number): number }} writer
 * @param {number} seq
 */
export function writeTransaction(writer, seq) {
  const records = recordsOf(seq);
  for (let record = 0; record < records; record++) {
    const bytes = payloadOf(seq, record);
    const more = record < records - 1 ? FLAG_MORE : 0;
    const at = writer.begin(1 + record, seq & 0xff, more, seq, bytes, timeOf(seq)) / 4;
    for (let word = 0; word < bytes / 4; word++) writer.u32[at + word] = mix(seq, word);
  }
}

/**
 * Units that transaction `seq` takes, by the writer's own reckoning.
 *
 * @param {{ transactionUnits(records: { payloadBytes: number }[]): number }} writer
 * @param {number} seq
 * @returns {number}
 */
export function unitsOf(writer, seq) {
  return writer.transactionUnits(
    Array.from({ length: recordsOf(seq) }, (_, record) => ({
      payloadBytes: payloadOf(seq, record),
    })),
  );
}

/**
 * Checks every byte of a run, and that it holds exactly its transactions, whole and in order.
 *
 * @param {{ u8: Uint8Array, u32: Uint32Array, f64: Float64Array, length: number, firstSeq: number, lastSeq: number, transactions: number }} run
 * @returns {string | undefined} what is wrong
 */
export function problemIn(run) {
  let seq = run.firstSeq;
  let record = 0;
  let transactions = 0;
  for (let at = 0; at < run.length; at += run.u32[at >> 2] * 8) {
    if (run.u8[at + RecordOffset.kind] === 0) continue;
    const bytes = payloadOf(seq, record);
    const isLast = record === recordsOf(seq) - 1;
    const where = `seq ${seq}, record ${record}: `;
    if (run.f64[(at + RecordOffset.seq) >> 3] !== seq) return `${where}another seq`;
    if (run.f64[(at + RecordOffset.time) >> 3] !== timeOf(seq)) return `${where}another time`;
    if (run.u8[at + RecordOffset.kind] !== 1 + record) return `${where}kind`;
    if (run.u8[at + RecordOffset.reason] !== (seq & 0xff)) return `${where}reason`;
    if (run.u32[at >> 2] !== (RECORD_HEADER_BYTES + bytes) / 8) return `${where}length`;
    if ((run.u8[at + RecordOffset.flags] & FLAG_MORE) === (isLast ? FLAG_MORE : 0)) {
      return `${where}flag`;
    }
    const payload = (at + RECORD_HEADER_BYTES) >> 2;
    for (let word = 0; word < bytes / 4; word++) {
      if (run.u32[payload + word] !== mix(seq, word)) return `${where}word ${word} is torn`;
    }
    record++;
    if (isLast) {
      seq++;
      record = 0;
      transactions++;
    }
  }
  if (record !== 0) return `seq ${seq} is cut`;
  if (seq !== run.lastSeq + 1) return `ends before seq ${run.lastSeq}`;
  return transactions === run.transactions ? undefined : `not ${run.transactions} transactions`;
}
