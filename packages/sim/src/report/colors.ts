import pc from 'picocolors';

/** The functions that colour a text, or leave it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** What is asked of a stream: only a terminal's says that it is one. */
interface Output {
  readonly isTTY?: boolean;
}

/**
 * The colours for what is written to a stream: on a terminal only. `NO_COLOR` takes them away from
 * there (https://no-color.org), and `FORCE_COLOR` gives them to a pipe, or takes them away where it is
 * 0 or false, as Node has it. That a build server runs the command is no reason for colours: its pipes
 * want clean data too.
 */
export function colorsFor(stream: Output, env: NodeJS.ProcessEnv): Colors {
  return pc.createColors(wantsColors(stream, env));
}

function wantsColors({ isTTY }: Output, env: NodeJS.ProcessEnv): boolean {
  const forced = env['FORCE_COLOR'] ?? '';
  if (isSet(env['NO_COLOR']) || forced === '0' || forced === 'false') return false;
  return isSet(forced) || (isTTY === true && env['TERM'] !== 'dumb');
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
