import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

const file = fileURLToPath(new URL('hovered.ts', import.meta.url));
const places = [
  'entry.trustScore',
  'entry.connectionMetrics.latencyMs',
  'entry.endpoints[0]!.address',
  'entry.capabilities.energyLevel',
  'entry.dhtInfo!.bucketIndex',
  'view.tier',
  'input.nextHop',
  'input.peerId.publicKey',
  'patch.trustScore',
  'patch.location!.latitude',
  'options.peers!.maxPeers',
  'options.peers!.rateLimits!.perPeerPerMinute',
  'options.observers!.restart!.maxRestarts',
  'kademlia.options!.k',
  'registration.onLag',
] as const;

const text = `
import type { PeerEntry, PeerInput, PeerPatch, PeerView, RegistryOptions } from '@panoptes/core';
import type { BuiltInObservers, ObserverRegistration } from '@panoptes/workers';
declare const entry: PeerEntry, input: PeerInput, patch: PeerPatch, view: PeerView;
declare const options: RegistryOptions, registration: ObserverRegistration;
declare const kademlia: ObserverRegistration<BuiltInObservers['kademlia']>;
${places.map((place) => `${place};`).join('\n')}
`;

/** What an editor shows of the place at whose end the cursor is. */
let shown: Map<string, string>;
beforeAll(() => {
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
  };
  const service = ts.createLanguageService({
    getCurrentDirectory: () => dirname(file),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: (path) => ts.sys.readFile(path),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot(name) {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
  });
  const errors = service.getSemanticDiagnostics(file);
  expect(errors.map(({ messageText }) => messageText)).toEqual([]);
  shown = new Map(
    places.map((place) => {
      const end = text.indexOf(`\n${place};`) + 1 + place.length;
      const info = service.getQuickInfoAtPosition(file, end - 1);
      return [place, ts.displayPartsToString(info?.documentation)];
    }),
  );
});

describe('an editor shows what a field or an option means', () => {
  it.each(places)('%s', (place) => {
    expect(shown.get(place)).toMatch(/^[A-Z0-9].{8,}[.`]$/s);
  });

  it('and it is the field’s own sentence', () => {
    expect(shown.get('entry.trustScore')).toBe('0 distrusted to 1 trusted, default 0.5.');
    expect(shown.get('patch.trustScore')).toBe(shown.get('entry.trustScore'));
  });
});
