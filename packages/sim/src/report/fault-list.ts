import {
  type Fault,
  type IsolatingHost,
  expectedCodes,
  faults,
  riskOn,
  uncontainedOn,
} from '@panoptes/testkit';
import type { Screen } from './screen.js';
import { textTable } from './text-table.js';

/** The faults there are, as `faults --json` prints them. */
export interface FaultList {
  readonly schema: typeof listSchema;
  /** Where the observers run of which this is said. */
  readonly host: IsolatingHost;
  readonly faults: readonly ListedFault[];
}

/** The version of the document that `faults --json` prints. */
const listSchema = 'panoptes.faults/1';

/** A fault as it is listed. */
export interface ListedFault extends Pick<Fault, 'family' | 'about' | 'place' | 'detectedAs'> {
  readonly name: string;
  /** Whether the host contains it. */
  readonly contained: boolean;
  /** Why not, or what else is to be known before it is tried. */
  readonly note?: string;
}

/** Lists faults of these names, as they are on a host. */
export function listFaults(names: readonly string[], host: IsolatingHost): FaultList {
  return {
    schema: listSchema,
    host,
    faults: names.map((name) => {
      const fault = faults[name]!;
      const { family, about, place } = fault;
      const uncontained = uncontainedOn(fault, host);
      const note = uncontained ?? riskOn(fault, host);
      return {
        name,
        family,
        about,
        place,
        detectedAs: expectedCodes(fault, host),
        contained: uncontained === undefined,
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
