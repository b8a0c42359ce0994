import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * The flags for an observer's thread, of those that this process has.
 *
 * Unless told, Node hands all of them on, also those that say how this program is started, watched,
 * measured or ended, and a thread that is told `--input-type=module` does not start. So a thread gets
 * those that say what its code means and what it may do: how modules are found and read, what is
 * switched on, warnings, network, permissions. Limits of the heap and other flags of V8 hold for the
 * process as they are.
 *
 * @param flags - its command line's
 * @param options - its NODE_OPTIONS
 */
export const workerFlags = (
  flags: readonly string[] = process.execArgv,
  options = process.env['NODE_OPTIONS'] ?? '',
): string[] => [...keptOf(words(options)), ...keptOf(flags)];

/**
 * Starts a thread with the flags that are handed on. `NODE_OPTIONS` is not in its environment: Node
 * would read it for every thread again, whatever flags that is given.
 */
export function startWorker(entry: URL, options: WorkerOptions, execArgv = workerFlags()): Worker {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  try {
    return new Worker(entry, { ...options, env, execArgv });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    // Which flags a thread can have differs between versions, and Node refuses the others instead of
    // ignoring them (https://github.com/nodejs/node/issues/41103); those hold for the whole process.
    const left = execArgv.filter((flag) => !message.includes(flag.split('=')[0]!));
    return new Worker(entry, { ...options, env, execArgv: left });
  }
}

/** The flags without a value that are handed on, with or without `no-` before their name. */
const switches = [
  'addons',
  'allow-addons',
  'allow-child-process',
  'allow-ffi',
  'allow-inspector',
  'allow-net',
  'allow-wasi',
  'allow-worker',
  'deprecation',
  'enable-source-maps',
  'insecure-http-parser',
  'network-family-autoselection',
  'pending-deprecation',
  'permission',
  'preserve-symlinks',
  'strip-types',
  'tls-max-v1.2',
  'tls-max-v1.3',
  'tls-min-v1.0',
  'tls-min-v1.1',
  'tls-min-v1.2',
  'tls-min-v1.3',
  'trace-deprecation',
  'trace-uncaught',
  'trace-warnings',
  'use-env-proxy',
  'use-system-ca',
  'warnings',
];

/** The flags with a value that are handed on. */
const settings = [
  'allow-fs-read',
  'allow-fs-write',
  'conditions',
  'disable-warning',
  'dns-result-order',
  'experimental-default-type',
  'max-http-header-size',
  'network-family-autoselection-attempt-timeout',
];

/** Experimental flags that are not handed on; all others are. */
const otherExperiments =
  /^experimental-(?:bench|config|default-config|inspector|loader|network|package-map|policy|print|repl|report|sea|shadow-realm|storage|test|worker)/;

/** A flag of these that is to be handed on, in one piece; undefined when it is not. */
function kept(flag: string, next: string | undefined): string | undefined {
  const [, no = '', name = '', value] =
    /^--(no-)?([^=]+)(=[^]*)?$/.exec(flag === '-C' ? '--conditions' : flag) ?? [];
  const canonical = name.replaceAll('_', '-');
  if (settings.includes(canonical)) return `--${canonical}${value ?? `=${next ?? ''}`}`;
  const isExperiment = canonical.startsWith('experimental-') && !otherExperiments.test(canonical);
  const isKept = value === undefined && (switches.includes(canonical) || isExperiment);
  return isKept ? `--${no}${canonical}` : undefined;
}

const keptOf = (flags: readonly string[]): string[] =>
  flags.flatMap((flag, index) => kept(flag, flags[index + 1]) ?? []);

/** The words of NODE_OPTIONS: apart by spaces, but not inside of quotes; `\` keeps what follows it there. */
const words = (text: string): string[] =>
  [...text.matchAll(/(?:[^ "]|"(?:\\[^]|[^"\\])*")+/g)].map(([word]) =>
    word.replace(/"((?:\\[^]|[^"\\])*)"/g, (_, inner: string) => inner.replace(/\\([^])/g, '$1')),
  );
