import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ObserverSpec,
  type ObserverTerms,
  parseOptions,
  registrationSchema,
} from '@panoptes/core';
import { type HostName, hostNames } from './host/hosts.js';
import { moduleUrl } from './module-url.js';
import { copyOptions } from './option-copy.js';
import { type ProcessOptions, type ProcessTerms, processTerms } from './process/process-terms.js';
import { checkSandbox } from './process/sandbox.js';
import type { AnyObserver, OptionsOf } from './runtime/define-observer.js';

/**
 * How to register an observer. Its options have the type that the module's `setup` takes, as far as
 * the module is known: by `registerObserver<typeof myObserver>(…)`, or from `builtIn('kademlia')`.
 */
export type ObserverRegistration<Definition extends AnyObserver = AnyObserver> =
  RegistrationTerms<Definition> & RegistrationOptions<OptionsOf<Definition>>;

declare const definition: unique symbol;

/** The URL of an observer's module that knows the observer's type, as `builtIn` gives it. */
export type ObserverModule<Definition extends AnyObserver> = URL & {
  /** For the compiler alone. */
  readonly [definition]?: Definition;
};

/** An observer's options: to be given, unless its `setup` takes none as well. */
type RegistrationOptions<Options> = undefined extends Options
  ? {
      /** Passed to `setup`, a copy for each incarnation; must be data that can be cloned. */
      readonly options?: Options;
    }
  : {
      /** Passed to `setup`, a copy for each incarnation; must be data that can be cloned. */
      readonly options: Options;
    };

/** The terms that do not depend on the observer. */
interface RegistrationTerms<Definition extends AnyObserver> extends ObserverTerms {
  /**
   * `thread` (default); `process`: in a process of its own, which survives what a thread cannot; or
   * `inline`: on the registry's own thread, without isolation.
   */
  readonly host?: HostName | undefined;
  /** How its process is to be run; only of one with `host: 'process'`. */
  readonly process?: ProcessOptions | undefined;
  /**
   * The module whose default export was made by `defineObserver`: a URL, as in
   * `new URL('./x.js', import.meta.url)`, or its text, as in `import.meta.resolve('./x.js')`.
   */
  readonly module: URL | string | ObserverModule<Definition>;
}

/**
 * Checks a registration and fills in the defaults, before any thread is started.
 *
 * @param defaultMb - the memory limit of one that names none, in megabytes
 * @throws {ConfigError} naming the option that is not one it can be
 */
export function specOf(registration: ObserverRegistration, defaultMb: number): ObserverSpec {
  const { module, options, name, memoryLimitMb, process, ...terms } = readRegistration(
    registration,
    'registration',
  );
  const url = moduleUrl('module', module);
  return {
    ...terms,
    hostTerms: terms.host === 'process' ? (process ?? processTerms.parse({})) : undefined,
    name: name ?? nameOf(url),
    memoryLimitMb: memoryLimitMb ?? defaultMb,
    module: url.href,
    options: copyOptions(options),
  };
}

/**
 * Checks the terms of a registration, and fills in the defaults but for those that are the registry's.
 *
 * @param what - what they are, for the message
 * @throws {ConfigError} naming the option that is not one it can be
 */
export function readRegistration(given: unknown, what: string) {
  const terms = parseOptions(schema, given, what) as ReadTerms;
  if (terms.process?.permissions !== undefined) {
    checkSandbox(terms.process.permissions, 'process');
  }
  return terms;
}

type ReadTerms = ReturnType<typeof schema.parse> & { readonly process?: ProcessTerms };

const schema = registrationSchema(hostNames, {
  process: processTerms.optional(),
}).superRefine((given, context) => {
  if (given.host === 'process' || !('process' in given) || given.process === undefined) return;
  const message = "expected none, for only an observer with host 'process' has it";
  context.addIssue({ code: 'custom', path: ['process'], message });
});

/** What a module is called after: its file, or the folder of an index file. */
function nameOf(module: URL): string {
  if (module.protocol !== 'file:') return 'observer';
  const path = fileURLToPath(module);
  const name = basename(path).split('.')[0]!;
  return name === 'index' ? basename(dirname(path)) : name;
}
