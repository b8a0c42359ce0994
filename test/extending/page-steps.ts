/** A file that a page adds, or one that it changes. */
export interface PageEdit {
  /** Relative to the clone. */
  readonly path: string;
  /** The file as the page has it, or the lines of a change as a diff has them. */
  readonly text: string;
  readonly isNew: boolean;
}

/** A command that a page runs, and the lines that it says are printed. */
export interface PageCommand {
  readonly heading: string;
  readonly command: string;
  readonly output: readonly string[];
}

/** What a page tells its reader to do. */
export interface PageSteps {
  readonly edits: readonly PageEdit[];
  readonly commands: readonly PageCommand[];
  /** The first lines of blocks that are none of these: code that nothing holds. */
  readonly loose: readonly string[];
}

const block = /(?:<!-- (\S+)(?: (\S+))? -->\n+)?^```(\w+)\n([^]*?)^```$/gm;

/**
 * Reads the steps of a page: blocks after `<!-- new path -->` and `<!-- edit path -->`, and console
 * sessions. Blocks after `<!-- examples/… -->` are left to the test that compares them with that file.
 */
export function stepsOf(page: string): PageSteps {
  const edits: PageEdit[] = [];
  const commands: PageCommand[] = [];
  const loose: string[] = [];
  for (const section of page.split(/^(?=## )/m)) {
    const heading = /^## (.+)$/m.exec(section)?.[1] ?? '';
    for (const [, marker, path, language, text] of section.matchAll(block)) {
      if (language === 'console') commands.push(...commandsOf(heading, text!));
      else if (marker === 'new' || marker === 'edit') {
        edits.push({ path: path!, text: text!, isNew: marker === 'new' });
      } else if (!marker?.startsWith('examples/')) loose.push(text!.split('\n', 1)[0]!);
    }
  }
  return { edits, commands, loose };
}

const commandsOf = (heading: string, session: string): PageCommand[] =>
  session
    .split(/^\$ /m)
    .slice(1)
    .map((shown) => {
      const [command, ...output] = shown.trimEnd().split('\n');
      return { heading, command: command!, output };
    });

/**
 * A file after a change.
 *
 * @param file - its text
 * @param diff - lines that stay (after a space), go (`-`) and come (`+`)
 * @throws Error when the lines that stay and go are not in the file exactly once
 */
export function patched(file: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const linesWith = (signs: string): string[] =>
    lines.filter((line) => signs.includes(line[0]!)).map((line) => line.slice(1));
  const [before, after] = [linesWith(' -'), linesWith(' +')];
  const found = file.split('\n');
  const places = found.flatMap((_, at) =>
    before.every((line, index) => found[at + index] === line) ? [at] : [],
  );
  if (places.length !== 1) {
    throw new Error(
      `expected these lines once, got them ${places.length} times:\n${before.join('\n')}`,
    );
  }
  return found.toSpliced(places[0]!, before.length, ...after).join('\n');
}
