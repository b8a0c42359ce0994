import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../scenario/file/scenario-file.js';
import { observerNames } from '../scenario/observer-roster.js';
import { parseObserverList } from './observer-list.js';

/** The names of a run's observers that a list comes to. */
function names(text: string): string[] {
  const overrides = [{ key: 'observers', value: parseObserverList(text) }];
  const source = 'version: 1\nsource: { trace: x.avt }\n';
  return parseScenario({ file: 'x.yaml', text: source, overrides }).observers.flatMap(
    observerNames,
  );
}

describe('a list of observers', () => {
  it('names each once, or several of a kind', () => {
    expect(names('kademlia,mesh')).toEqual(['kademlia', 'mesh']);
    expect(names(' mesh , validators')).toEqual(['mesh', 'validators']);
    expect(names('mesh*3,validators*1')).toEqual(['mesh-1', 'mesh-2', 'mesh-3', 'validators-1']);
    expect(parseObserverList('mesh*2')).toEqual([{ use: 'mesh', count: 2 }]);
  });

  it('says where each runs', () => {
    expect(parseObserverList('kademlia@process, mesh*2@inline ,validators')).toEqual([
      { use: 'kademlia', host: 'process' },
      { use: 'mesh', count: 2, host: 'inline' },
      'validators',
    ]);
    expect(() => parseObserverList('mesh@proces')).toThrow(
      "--observers: expected one of thread, inline, process behind '@', as in kademlia@process, " +
        "got 'proces'; did you mean 'process'?",
    );
  });

  it.each(['', 'mash', 'mesh,', 'mesh*0', 'mesh*x', 'mesh*-1', 'mesh mesh'])(
    '%j is refused with the names there are',
    (text) => {
      expect(() => parseObserverList(text)).toThrow(ConfigError);
      expect(() => parseObserverList(text)).toThrow('kademlia, mesh, validators');
    },
  );

  it('is refused when it names one twice or is too long', () => {
    expect(() => parseObserverList('mesh,mesh*2')).toThrow('mesh*2');
    expect(() => names('mesh*30,kademlia*20')).toThrow('at most 49 in all, got 50');
    expect(() => names('mesh*50')).toThrow('expected at most 49, got 50');
    expect(names('mesh*30,kademlia*19')).toHaveLength(49);
  });
});
