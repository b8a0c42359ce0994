import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { type PageEdit, patched } from './page-steps.js';

const run = promisify(execFile);
const scope = '@panoptes';
/** How a file is compiled by itself; what is right and wrong in it, the settings of the project say. */
const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };

/**
 * A copy of the built packages in a folder of its own, with edits. Only the files that are edited are
 * compiled again, so that it is ready in seconds; the compiler checks those and what they import.
 */
export class ExtendedClone {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'panoptes-extended-')));
  readonly #edited = new Set<string>();

  /** @param root - the clone */
  constructor(private readonly root: string) {
    const settings = ['package.json', 'tsconfig.base.json', 'rolldown.config.js'];
    for (const file of settings) this.#copy(file);
    this.#copy('examples');
    this.#link('node_modules');
    for (const name of readdirSync(join(root, 'packages'))) {
      const folder = join('packages', name);
      for (const part of readdirSync(join(root, folder))) {
        if (part !== 'node_modules') this.#copy(join(folder, part));
      }
      this.#link(join(folder, 'node_modules'));
    }
  }

  /** Makes an edit, and compiles the file if it belongs to a package. */
  edit({ path, text, isNew }: PageEdit): void {
    const file = join(this.#folder, path);
    const edited = isNew ? text : patched(readFileSync(file, 'utf8'), text);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, edited);
    if (!/\.m?[jt]s$/.test(path)) return;
    this.#edited.add(file);
    const built = file.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
    if (built === file) return;
    mkdirSync(dirname(built), { recursive: true });
    writeFileSync(built, ts.transpileModule(edited, { compilerOptions }).outputText);
  }

  /** Makes of what was compiled the files that the packages ship, as `npm run build` does. */
  async bundle(): Promise<void> {
    const bundler = join(this.#folder, 'node_modules/rolldown/bin/cli.mjs');
    await run(process.execPath, [bundler, '--config'], { cwd: this.#folder });
  }

  /** What the compiler finds wrong with the edited files, against the sources of all packages. */
  complaints(): string[] {
    const settings = {
      extends: './tsconfig.base.json',
      compilerOptions: { paths: this.#sources(), allowJs: true, checkJs: true, noEmit: true },
      files: [...this.#edited],
    };
    const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
      settings,
      ts.sys,
      this.#folder,
      { composite: false, declaration: false, declarationMap: false },
    );
    const program = ts.createProgram(fileNames, options);
    const found = fileNames.flatMap((file) => {
      const source = program.getSourceFile(file)!;
      return [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
    });
    return [...errors, ...program.getOptionsDiagnostics(), ...found].map(
      ({ file, messageText }) => {
        const message = ts.flattenDiagnosticMessageText(messageText, '\n');
        return `${file?.fileName.slice(this.#folder.length + 1) ?? 'settings'}: ${message}`;
      },
    );
  }

  /**
   * Runs a command as a reader would.
   *
   * @returns what it prints
   * @throws Error with its output when its exit code is not 0
   */
  async run(command: string): Promise<string> {
    const [program, ...words] = command.split(' ');
    const isScript = program === 'npm' && words.splice(0, 3).join(' ') === 'run panoptes --';
    if (program !== 'node' && !isScript) throw new Error(`what is this: ${command}`);
    const args = isScript ? ['packages/sim/bin/panoptes.js', ...words] : words;
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, COLUMNS: '200' };
    const { stdout } = await run(process.execPath, args, { cwd: this.#folder, env });
    return stdout;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #copy(path: string): void {
    cpSync(join(this.root, path), join(this.#folder, path), {
      recursive: true,
      filter: (file) => !/\.(?:map|d\.ts|test\.ts|fixture\.ts)$/.test(file),
    });
  }

  /** Links what is installed, but for the packages of this project: those are the copies. */
  #link(path: string): void {
    const target = join(this.#folder, path);
    mkdirSync(target);
    for (const name of readdirSync(join(this.root, path))) {
      if (name === scope) this.#linkCopies(join(path, name));
      else if (!name.startsWith('.')) {
        symlinkSync(realpathSync(join(this.root, path, name)), join(target, name));
      }
    }
  }

  #linkCopies(path: string): void {
    mkdirSync(join(this.#folder, path));
    for (const name of readdirSync(join(this.root, path))) {
      symlinkSync(join(this.#folder, 'packages', name), join(this.#folder, path, name));
    }
  }

  /** Where the compiler finds what a package exports: in its source, for its built types are old. */
  #sources(): Record<string, string[]> {
    const folders = readdirSync(join(this.#folder, 'packages'));
    return Object.fromEntries(
      folders.flatMap((folder) => {
        const manifest = readFileSync(
          join(this.#folder, 'packages', folder, 'package.json'),
          'utf8',
        );
        const { name, exports = {} } = JSON.parse(manifest) as {
          name: string;
          exports?: Record<string, { types: string }>;
        };
        return Object.entries(exports).map(([entry, { types }]) => [
          `${name}${entry.slice(1)}`,
          [
            `./packages/${folder}/${types.replace('/dist/', '/src/').replace('.d.ts', '.ts').slice(2)}`,
          ],
        ]);
      }),
    );
  }
}
