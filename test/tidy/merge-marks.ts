import type { Rule } from './project-file.js';

/** Two versions of a text that someone was to choose between are in no file. */
export const mergeMarks: Rule = (files) =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        mark.test(line)
          ? [{ path, line: index + 1, message: 'two versions of a merge are left' }]
          : [],
      ),
  );

/** A line that begins one version or ends the other; the one between them also underlines titles. */
const mark = /^(?:<{7}|>{7}) \S/;
