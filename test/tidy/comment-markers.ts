import { isCode, lineAt, type Rule } from './project-file.js';
import { comments } from './syntax.js';

/** A rule about what comments say. */
function commentRule(complaint: (text: string) => string | undefined): Rule {
  return (files) =>
    files
      .filter(({ path }) => isCode(path))
      .flatMap((file) =>
        comments(file).flatMap(({ text, offset }) => {
          const message = complaint(text);
          return message === undefined
            ? []
            : [{ path: file.path, line: lineAt(file.text, offset), message }];
        }),
      );
}

/** What is not done is not in the code: no comment puts work off. */
export const unfinished: Rule = commentRule((text) => {
  const marker = /\b(?:TODO|FIXME|XXX)\b/.exec(text)?.[0];
  return marker === undefined ? undefined : `a comment says ${marker}`;
});

/** Who switches a lint rule off says why, after two dashes. */
export const lintExemptions: Rule = commentRule((text) =>
  /\beslint-disable/.test(text) && !/ -- \w/.test(text)
    ? 'eslint-disable without a reason after --'
    : undefined,
);
