import { isCode, lineAt, type Rule } from './project-file.js';
import { comments } from './syntax.js';

/**
 * A rule about what comments say.
 *
 * @param word - what they complain of; a file without it has no such comment, and is not taken apart
 */
function commentRule(word: RegExp, complaint: (text: string) => string | undefined): Rule {
  return (files) =>
    files
      .filter(({ path, text }) => isCode(path) && word.test(text))
      .flatMap((file) =>
        comments(file).flatMap(({ text, offset }) => {
          const message = complaint(text);
          return message === undefined
            ? []
            : [{ path: file.path, line: lineAt(file.text, offset), message }];
        }),
      );
}

const marked = /\b(?:TODO|FIXME|XXX)\b/;

/** What is not done is not in the code: no comment puts work off. */
export const unfinished: Rule = commentRule(marked, (text) => {
  const marker = marked.exec(text)?.[0];
  return marker === undefined ? undefined : `a comment says ${marker}`;
});

const exempting = /\beslint-disable/;

/** Who switches a lint rule off says why, after two dashes. */
export const lintExemptions: Rule = commentRule(exempting, (text) =>
  exempting.test(text) && !/ -- \w/.test(text)
    ? 'eslint-disable without a reason after --'
    : undefined,
);
