import type { CheckDocument } from '@panoptes/testkit';
import { formatCheck } from './check-text.js';
import { filledWith } from './nasty-texts.fixture.js';
import { printableDocument } from './printable.js';
import { aRun } from './run-document.fixture.js';
import { plain } from './screens.fixture.js';

export const aCheck: CheckDocument = {
  schema: 'panoptes.check/1',
  file: 'run.plog',
  source: 'a run',
  seed: '7',
  complete: false,
  lives: 1,
  observers: [{ name: 'mesh', incarnations: 2, snapshots: 2, events: 60, changes: 61 }],
  rules: aRun.rules,
  violations: [
    {
      rule: 'W4',
      place: { observer: 'mesh', incarnation: 1, record: 3 },
      expected: 'a',
      got: 'b',
    },
  ],
  verdict: 'fail',
};

/** What `panoptes check` prints of a document that is filled with a text. */
export const checkText = (text: string): string =>
  formatCheck(printableDocument(filledWith(aCheck, text)), plain);
