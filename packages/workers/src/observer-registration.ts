import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ConfigError,
  type ObserverSpec,
  type OnUnavailable,
  type OnVoteFailure,
  type RestartType,
  describe,
  memoryLimitOption,
  ownRecord,
  parseOptions,
  shortName,
  suggestion,
} from '@panoptes/core';
import { moduleUrl } from './module-url.js';
import { copyOptions } from './option-copy.js';
import type { AnyObserver, OptionsOf } from './runtime/define-observer.js';

declare const definition: unique symbol;

/** The URL of an observer's module that knows the observer's type, as `builtIn` gives it. */
export type ObserverModule<Definition extends AnyObserver> = URL & {
  /** For the compiler alone. */
  readonly [definition]?: Definition;
};

/**
 * How to register an observer. Its options have the type that the module's `setup` takes, as far as
 * the module is known: by `registerObserver<typeof myObserver>(…)`, or from `builtIn('kademlia')`.
 */
export type ObserverRegistration<Definition extends AnyObserver = AnyObserver> =
  RegistrationTerms<Definition> & RegistrationOptions<OptionsOf<Definition>>;

/** An observer's options: to be given, unless its `setup` takes none as well. */
type RegistrationOptions<Options> = undefined extends Options
  ? {
      /** Passed to `setup`, a copy for each life; must be data that can be cloned. */
      readonly options?: Options;
    }
  : {
      /** Passed to `setup`, a copy for each life; must be data that can be cloned. */
      readonly options: Options;
    };

/** What does not depend on the observer. */
interface RegistrationTerms<Definition extends AnyObserver> {
  /**
   * The module whose default export was made by `defineObserver`: a URL, as in
   * `new URL('./x.js', import.meta.url)`, or its text, as in `import.meta.resolve('./x.js')`.
   */
  readonly module: URL | string | ObserverModule<Definition>;
  /** Unique among the registered. Default: the module's file name, as in `routing` for routing.observer.js. */
  readonly name?: string;
  /**
   * What happens when it is so slow that the log is full: `lap` (default), it is overtaken and gets a
   * new snapshot; `block`, the registry waits for it, at most `blockTimeoutMs` at a time.
   */
  readonly onLag?: 'lap' | 'block';
  /** `thread` (default), or `inline`: on the registry's own thread, without isolation. */
  readonly host?: 'thread' | 'inline';
  /** When it is started again: always (`permanent`, default), after a failure (`transient`), never. */
  readonly restart?: RestartType;
  /** Whether it may be inactive for ever while it is caught up and answers. Default false. */
  readonly keepAlive?: boolean;
  /** Most memory, heap and buffers together, in megabytes. Default: the registry's. */
  readonly memoryLimitMb?: number;
  /**
   * Whether it may start threads of its own. Their memory and loops are not seen, and nothing keeps
   * them from the main thread. Default false: `new Worker` throws there.
   */
  readonly ownThreads?: boolean;
  /**
   * Whether it votes on each transaction before it commits (`critical`; it needs an `onProposal`), or
   * only follows (`best-effort`, default). A critical one is waited for as with `onLag: 'block'`.
   */
  readonly role?: 'critical' | 'best-effort';
  /**
   * What a transaction comes to when a critical observer cannot vote on it, because it failed, is too
   * late or is not there: it is refused (`abort`, default), or goes on without it (`proceed`).
   */
  readonly onVoteFailure?: OnVoteFailure;
  /**
   * What happens while a critical observer is not there: `onVoteFailure` at once (`fail`, default), or
   * commands `wait` for it, at most `unavailableWaitMs` from when it went.
   */
  readonly onUnavailable?: OnUnavailable;
}

const votingOptions = ['role', 'onVoteFailure', 'onUnavailable'];
const healthOptions = ['keepAlive', 'memoryLimitMb', 'ownThreads'];
const known = [
  ...['module', 'name', 'options', 'onLag', 'host', 'restart'],
  ...votingOptions,
  ...healthOptions,
];

/**
 * Checks a registration and fills in the defaults, before any thread is started.
 *
 * @param memoryLimitMb - the registry's limit, for one that names none
 * @throws {ConfigError} naming the option that is not one it can be
 */
export function specOf(registration: ObserverRegistration, memoryLimitMb: number): ObserverSpec {
  const own = ownRecord(registration, 'registration', known) as unknown as ObserverRegistration;
  const { onLag = 'lap', host = 'thread', restart = 'permanent' } = own;
  const options: unknown = own.options;
  for (const option of Object.keys(own)) {
    if (!known.includes(option)) {
      throw new ConfigError(
        `option '${shortName(option)}': no such option` +
          (suggestion(option, known) || ` (known: ${known.join(', ')})`),
      );
    }
  }
  const module = moduleUrl('module', own.module);
  oneOf('onLag', onLag, ['lap', 'block']);
  oneOf('host', host, ['thread', 'inline']);
  oneOf('restart', restart, ['permanent', 'transient', 'temporary']);
  const { role = 'best-effort', onVoteFailure = 'abort', onUnavailable = 'fail' } = own;
  oneOf('role', role, ['critical', 'best-effort']);
  oneOf('onVoteFailure', onVoteFailure, ['abort', 'proceed']);
  oneOf('onUnavailable', onUnavailable, ['fail', 'wait']);
  const ofNoUse =
    role === 'critical'
      ? undefined
      : ['onVoteFailure', 'onUnavailable'].find((option) => option in own);
  if (ofNoUse !== undefined) {
    throw new ConfigError(`option '${ofNoUse}': only an observer with role 'critical' has it`);
  }
  const name = own.name ?? nameOf(module);
  if (typeof name !== 'string' || name === '' || name.length > 128) {
    throw new ConfigError(`option 'name': expected 1 to 128 characters, got ${describe(name)}`);
  }
  const copied = copyOptions(options);
  const { keepAlive = false, ownThreads = false } = own;
  flag('keepAlive', keepAlive);
  flag('ownThreads', ownThreads);
  const limitMb: unknown = own.memoryLimitMb ?? memoryLimitMb;
  const health = {
    keepAlive,
    ownThreads,
    memoryLimitMb: parseOptions(memoryLimitOption, limitMb, `option 'memoryLimitMb'`),
  };
  const voting = { role, onVoteFailure, onUnavailable };
  const how = { onLag, host, restart, ...voting, ...health };
  return { name, module: module.href, options: copied, ...how };
}

function flag(option: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ConfigError(`option '${option}': expected true or false, got ${describe(value)}`);
}

function oneOf(option: string, value: string, values: readonly string[]): void {
  if (values.includes(value)) return;
  throw new ConfigError(
    `option '${option}': expected one of ${values.join(', ')}, got ${describe(value)}`,
  );
}

/** What a module is called after: its file, or the folder of an index file. */
function nameOf(module: URL): string {
  if (module.protocol !== 'file:') return 'observer';
  const path = fileURLToPath(module);
  const name = basename(path).split('.')[0]!;
  return name === 'index' ? basename(dirname(path)) : name;
}
