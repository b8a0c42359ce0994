import { CarriedRecords, createCallerBuffer } from '@panoptes/core';
import { entryMemory } from '@panoptes/core/follower';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from './command-frame.js';
import { FrameLine, type FrameListener } from './frame-line.js';

describe('commands on a line between members', () => {
  it('C5 come once and in order, whatever frames are lost, come twice or late', () => {
    const fates = fc.array(fc.constantFrom(...fateNames), { maxLength: 200 });
    fc.assert(
      fc.property(fates, (given) => {
        const line = new BadLine(given);
        for (let id = 1; id <= commands; id++) {
          line.write(id);
          line.bringOn();
        }
        for (let tries = 0; line.come.length < commands && tries < 1_000; tries++) {
          line.near.ask();
          line.bringOn();
        }
        const all = Array.from({ length: commands }, (_, index) => index + 1);
        expect(line.come).toEqual(all);
        // All is acknowledged as well, and nothing more comes of what is still on its way.
        for (let tries = 0; line.near.waiting.length > 0 && tries < 1_000; tries++) {
          line.near.ask();
          line.bringOn();
        }
        expect(line.near.waiting).toEqual([]);
        expect(line.come).toEqual(all);
      }),
      { numRuns: 200 },
    );
  });
});

const fateNames = ['comes', 'lost', 'twice', 'late'] as const;
type Fate = (typeof fateNames)[number];
const commands = 60;

/** Two ends, and what happens to the frames between them; at the end of its fates they all come. */
class BadLine {
  readonly near: FrameLine;
  /** The commands that came, as the primary reads them. */
  readonly come: number[] = [];
  readonly #far: FrameLine;
  readonly #written: CarriedRecords;
  readonly #read: CarriedRecords;
  readonly #fates: Fate[];
  #underWay: Sent[] = [];

  constructor(fates: readonly Fate[]) {
    this.#fates = [...fates];
    const [ours, theirs] = [createCallerBuffer(commandBytes), createCallerBuffer(commandBytes)];
    this.#written = new CarriedRecords(ours, 'caller');
    this.#read = new CarriedRecords(theirs, 'registry');
    this.near = new FrameLine(new CarriedRecords(ours, 'registry'), nobody);
    this.#far = new FrameLine(new CarriedRecords(theirs, 'caller'), nobody);
    this.near.begin((frame) => this.#underWay.push({ to: this.#far, frame }));
    this.#far.begin((frame) => this.#underWay.push({ to: this.near, frame }));
  }

  /** Writes a command, as a caller would. */
  write(id: number): void {
    const memory = entryMemory(new ArrayBuffer(recordBytes));
    memory.u32[0] = ((recordBytes / 8) << 8) | commandKind;
    memory.u32[1] = id;
    this.#written.put(memory, recordBytes, 0, () => undefined);
  }

  /** Lets frames cross until there are none but those that are late. */
  bringOn(): void {
    const late: Sent[] = [];
    this.near.pump();
    for (let sent = this.#underWay.shift(); sent !== undefined; sent = this.#underWay.shift()) {
      const fate = this.#fates.shift() ?? 'comes';
      if (fate === 'late') late.push(sent);
      if (fate === 'comes' || fate === 'twice') this.#deliver(sent);
      if (fate === 'twice') this.#deliver(sent);
    }
    this.#underWay = late;
    while (this.#read.take(recordBytes, (id) => this.come.push(id)) !== undefined);
  }

  #deliver({ to, frame }: Sent): void {
    to.receive(decodeFrame(frame)!);
    to.pump();
  }
}

/** A frame on its way. */
interface Sent {
  readonly to: FrameLine;
  readonly frame: Uint8Array;
}

const nobody: FrameListener = {
  took: () => undefined,
  put: () => undefined,
  sent: () => undefined,
  now: () => 0,
};
const commandBytes = 64 * 1024;
/** A head, and a body that nobody looks at. */
const recordBytes = 16;
const commandKind = 1;
