import { type Fault, faults } from '@panoptes/testkit';
import type { Screen } from './screen.js';
import { textTable } from './text-table.js';

/** The faults there are, as `faults --json` prints them. */
export interface FaultList {
  readonly schema: typeof listSchema;
  readonly faults: readonly ListedFault[];
}

/** The version of the document that `faults --json` prints. */
const listSchema = 'panoptes.faults/1';

/** A fault as it is listed. */
export interface ListedFault extends Pick<Fault, 'family' | 'about' | 'place' | 'detectedAs'> {
  readonly name: string;
  /** Whether a thread contains it. */
  readonly contained: boolean;
  /** Why not, or what else is to be known before it is tried. */
  readonly note?: string;
}

/** Lists faults of these names. */
export function listFaults(names: readonly string[]): FaultList {
  return {
    schema: listSchema,
    faults: names.map((name) => {
      const { family, about, place, detectedAs, uncontained, needsProcess } = faults[name]!;
      const note = uncontained ?? needsProcess;
      const contained = uncontained === undefined;
      return {
        name,
        family,
        about,
        place,
        detectedAs,
        contained,
        ...(note !== undefined && { note }),
      };
    }),
  };
}

/** The list for people to read. */
export function formatFaultList({ faults: listed }: FaultList, screen: Screen): string {
  const table = textTable(
    [['fault'], ['what the observer does'], ['where'], ['noticed as'], ['contained']],
    listed.map(({ name, about, place, detectedAs, contained }) => [
      name,
      about,
      place,
      detectedAs.join(' or '),
      contained ? 'yes' : 'no',
    ]),
    screen,
  );
  const notes = new Map<string, string[]>();
  for (const { name, note } of listed) {
    if (note !== undefined) notes.set(note, [...(notes.get(note) ?? []), name]);
  }
  const lines = [...notes].map(([note, names]) => `${names.join(', ')}: ${note}`);
  return [table, ...lines].join('\n').concat('\n');
}
