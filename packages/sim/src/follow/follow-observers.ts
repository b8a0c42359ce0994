import { existsSync } from 'node:fs';
import { ConfigError, describe } from '@panoptes/core';
import { parseObserverList } from '../observers/observer-list.js';
import type { PlayedObserver } from '../observers/observer-module.js';
import { findingsOf } from '../scenario/file/issue-messages.js';
import { playedObservers } from '../scenario/run/played-observers.js';
import { observers as observersShape } from '../scenario/schema/observers.js';

/**
 * Reads which observers follow, as in `kademlia,mesh*4,./own.observer.mjs@process`: names of built-in observers,
 * and paths of modules; `none` is nobody.
 *
 * @throws {ConfigError} when one of them is none, or two have one name
 */
export function parseFollowers(text: string): PlayedObserver[] {
  if (text === 'none') return [];
  const items = text.split(',').map((item) => item.trim());
  const builtIns = items.filter((item) => !modulePath.test(item)).join(',');
  const listed = builtIns === '' && items.some(isModule) ? [] : parseObserverList(builtIns);
  const modules = items.filter(isModule).map((item) => {
    const [, module, host] = modulePath.exec(item)!;
    if (existsSync(module!)) return { module, ...(host !== undefined && { host }) };
    throw new ConfigError(`--observers: expected the file of a module, got ${describe(module)}`);
  });
  const { data, error } = observersShape.safeParse([...listed, ...modules]);
  if (data === undefined) {
    const { message } = findingsOf(error.issues, [...listed, ...modules])[0]!;
    throw new ConfigError(`--observers: ${message}`);
  }
  const played = data.flatMap((entry) =>
    playedObservers(entry, { file: 'here', text: '', overrides: [] }),
  );
  const names = played.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return played;
  throw new ConfigError(`--observers: expected each name once, got ${describe(twice)} again`);
}

const modulePath = /^(.+\.[cm]?[jt]s)(?:\s*@\s*([a-z]+))?$/;
const isModule = (item: string): boolean => modulePath.test(item);
