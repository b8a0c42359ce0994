import { z } from 'zod';
import { exactMs } from '../../time/duration.js';

const form = /^(<=|>=|==|!=|<|>)\s*(\S.{0,127})$/;

const expected =
  'expected an operator (<, <=, >, >=, ==, !=) and a value, such as >= 900 or < 50ms';

const condition = z
  .string(expected)
  .regex(form, expected)
  .transform((text, context): Condition => {
    const [, operator, word] = form.exec(text)! as unknown as [
      string,
      Condition['operator'],
      string,
    ];
    const given = valueOf(word.trim());
    if (typeof given.value === 'number' || operator === '==' || operator === '!=') {
      return { text, operator, ...given };
    }
    context.addIssue(`expected a number or a duration after ${operator}`);
    return z.NEVER;
  });

const mostThresholds = 1_000;

/** Conditions by the path of the figure in the summary. */
export const thresholds = z
  .record(
    z
      .string()
      .regex(
        /^[\w*-]+(?:\.[\w*-]+)*$/,
        'expected the path of a figure, such as observers.mesh.lag',
      ),
    z.union([condition, z.array(condition).min(1).max(16)]),
  )
  .refine((all) => Object.keys(all).length <= mostThresholds, `expected at most ${mostThresholds}`);

/** A condition on a figure. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  /** A duration as milliseconds; a number as it is, in the unit of its figure. */
  readonly value: number | string | boolean;
  readonly isDuration: boolean;
}

function valueOf(word: string): Pick<Condition, 'value' | 'isDuration'> {
  const number = Number(word.replaceAll('_', ''));
  if (!Number.isNaN(number)) return { value: number, isDuration: false };
  if (word === 'true' || word === 'false') return { value: word === 'true', isDuration: false };
  const ms = exactMs(word);
  return { value: ms ?? word, isDuration: ms !== undefined };
}

export type Thresholds = z.output<typeof thresholds>;
