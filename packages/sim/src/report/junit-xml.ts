import { type Markup, markup, nothing } from './markup.js';

/**
 * Suites of tests as a JUnit report, which counts what failed and what was not run.
 *
 * @param name - of all of them together
 */
export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${name}" ${totals(suites)}>
${suites.map(suiteElement)}</testsuites>
`.toString();
}

/** Tests that belong together. */
export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
  /** How long it took; what its tests took together unless given. */
  readonly seconds?: number;
}

/** One test. */
export interface JunitCase {
  readonly group: string;
  readonly name: string;
  /** Why it failed, if it did. */
  readonly failure?: string | undefined;
  /** Why it was not run, if it was not. */
  readonly skipped?: string | undefined;
  /** How long it took, where that is known. */
  readonly seconds?: number | undefined;
}

const secondsOf = ({ cases, seconds }: JunitSuite): number =>
  seconds ?? cases.reduce((sum, one) => sum + (one.seconds ?? 0), 0);

/** How many tests there are, how they ended, and how long they took. */
function totals(suites: readonly JunitSuite[]): Markup {
  const cases = suites.flatMap((suite) => suite.cases);
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  const seconds = suites.reduce((sum, suite) => sum + secondsOf(suite), 0).toFixed(3);
  return markup`tests="${cases.length}" failures="${failures}" skipped="${skipped}" time="${seconds}"`;
}

const suiteElement = (suite: JunitSuite): Markup =>
  markup`  <testsuite name="${suite.name}" ${totals([suite])}>
${suite.cases.map(caseElement)}  </testsuite>
`;

function caseElement({ group, name, failure, skipped, seconds }: JunitCase): Markup {
  const time = seconds === undefined ? nothing : markup` time="${seconds.toFixed(3)}"`;
  const start = markup`    <testcase classname="${group}" name="${name}"${time}`;
  if (failure !== undefined) {
    return markup`${start}><failure message="${failure}"/></testcase>\n`;
  }
  return skipped === undefined
    ? markup`${start}/>\n`
    : markup`${start}><skipped message="${skipped}"/></testcase>\n`;
}
