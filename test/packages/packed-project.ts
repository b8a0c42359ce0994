import { hash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { runPnpm } from '../../scripts/setup/install.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As much of a lockfile as an installation goes by. */
interface Lockfile {
  readonly importers: Readonly<Record<string, Importer>>;
  readonly packages: Record<string, object>;
  readonly snapshots: Record<string, Snapshot>;
}
interface Importer {
  readonly dependencies?: Readonly<Record<string, { readonly version: string }>>;
}
interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * An empty project in which packages of this one are installed as others would get them: packed, with
 * what they depend on and nothing else. What they depend on comes from where the set-up has put it, so
 * that no network is needed.
 */
export class PackedProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'panoptes-packed-'));

  /**
   * Packs and installs packages.
   *
   * @param names - of folders of packages/; those that they need of them, too
   */
  async install(names: readonly string[]): Promise<void> {
    const filters = names.map((name) => `--filter=@panoptes/${name}`);
    await this.#pnpm(root, [...filters, 'pack', `--pack-destination=${this.folder}`]);
    const files = readdirSync(this.folder).filter((file) => file.endsWith('.tgz'));
    const tarballs = new Map(
      names.map((name) => [`@panoptes/${name}`, `file:${fileOf(name, files)}`]),
    );
    const project = { private: true, type: 'module', dependencies: Object.fromEntries(tarballs) };
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify(project));
    // Text in JSON is text in YAML.
    writeFileSync(join(this.folder, 'pnpm-lock.yaml'), JSON.stringify(this.#lockfile(tarballs)));
    await this.#pnpm(this.folder, ['install', '--frozen-lockfile', '--offline', storeOption()]);
  }

  /** The names of all packages that are installed, whoever needs them. */
  get installed(): string[] {
    return readdirSync(join(this.folder, 'node_modules/.pnpm')).flatMap((entry) => {
      const name = /^(@?[^@]+)@/.exec(entry)?.[1];
      return name === undefined ? [] : [name.replace('+', '/')];
    });
  }

  /** Copies a file of this project, given by its path, to the top of the empty one. */
  copy(path: string): string {
    const file = join(this.folder, basename(path));
    copyFileSync(join(root, path), file);
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  async #pnpm(cwd: string, args: string[]): Promise<void> {
    const { ok, tail } = await runPnpm(cwd, args);
    if (!ok) throw new Error(`pnpm ${args.join(' ')} failed:\n${tail}`);
  }

  /** What the whole project is locked to, of packed packages and of what they need. */
  #lockfile(tarballs: ReadonlyMap<string, string>): object {
    const whole = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as Lockfile;
    const packages: Record<string, object> = {};
    const snapshots: Record<string, Snapshot> = {};
    const need = (key: string): void => {
      if (key in snapshots) return;
      packages[key.replace(/\(.*$/, '')] = whole.packages[key.replace(/\(.*$/, '')]!;
      const { dependencies = {} } = (snapshots[key] = whole.snapshots[key]!);
      for (const [name, version] of Object.entries(dependencies)) need(`${name}@${version}`);
    };
    for (const [name, tarball] of tarballs) {
      const { dependencies = {} } = whole.importers[`packages/${name.slice('@panoptes/'.length)}`]!;
      const needed = Object.entries(dependencies).map(([other, { version }]): [string, string] => {
        const packed = tarballs.get(other);
        if (packed === undefined) need(`${other}@${version}`);
        return [other, packed ?? version];
      });
      const bytes = readFileSync(join(this.folder, tarball.slice('file:'.length)));
      const integrity = `sha512-${hash('sha512', bytes, 'base64')}`;
      packages[`${name}@${tarball}`] = { resolution: { integrity, tarball }, version: '0.1.0' };
      snapshots[`${name}@${tarball}`] = { dependencies: Object.fromEntries(needed) };
    }
    const dependencies = Object.fromEntries(
      [...tarballs].map(([name, tarball]) => [name, { specifier: tarball, version: tarball }]),
    );
    return { ...whole, importers: { '.': { dependencies } }, packages, snapshots };
  }
}

/** The tarball of a package among others: `panoptes-core-0.1.0.tgz`. */
const fileOf = (name: string, files: readonly string[]): string =>
  files.find((file) => file.startsWith(`panoptes-${name}-`))!;

/** Where the set-up has put what it has fetched. */
function storeOption(): string {
  const notes = readFileSync(join(root, 'node_modules/.modules.yaml'), 'utf8');
  return `--store-dir=${(parse(notes) as { storeDir: string }).storeDir}`;
}
