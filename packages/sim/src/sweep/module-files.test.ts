import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { realPathOf } from '@panoptes/testkit/model';
import { afterAll, describe, expect, it } from 'vitest';
import { moduleFiles } from './module-files.js';

const folder = realPathOf(mkdtempSync(join(tmpdir(), 'panoptes-module-')));
afterAll(() => rmSync(folder, { recursive: true }));

function filesOf(entry: string, texts: Readonly<Record<string, string>>): string[] {
  for (const [name, text] of Object.entries(texts)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return moduleFiles(join(folder, entry)).map((file) => relative(folder, file));
}

describe('the files of a module', () => {
  it('are those that it and they import, in whatever way, each once', () => {
    const files = filesOf('a/main.mjs', {
      'a/main.mjs': [
        "import { defineObserver } from '@panoptes/workers/observer';",
        "import fs from 'node:fs'; import path from 'path';",
        "import one, {\n  two as second,\n} from '../one.mjs';",
        "export * from './all.mjs';",
        "const later = () => import('./later.mjs');",
        "const data = new URL('./data.bin', import.meta.url);",
        "import './main.mjs';",
        "// import x from 'left-pad';",
        "/*\nimport y from 'left-pad';\n*/",
        "import './not-there.mjs';",
      ].join('\n'),
      'one.mjs': "import './a/all.mjs';",
      'a/all.mjs': 'export const all = 1;',
      'a/later.mjs': '',
      'a/data.bin': "import 'left-pad'",
      'a/other.mjs': '',
    });
    expect(files.sort()).toEqual([
      'a/all.mjs',
      'a/data.bin',
      'a/later.mjs',
      'a/main.mjs',
      'one.mjs',
    ]);
  });

  it('are also the manifest that says how Node reads them, where an ending does not', () => {
    const files = filesOf('b/inner/main.js', {
      'b/inner/main.js': "const one = require('./one');",
      'b/inner/one.cjs': '',
      'b/package.json': '{ "type": "commonjs" }',
    });
    expect(files.sort()).toEqual(['b/inner/main.js', 'b/inner/one.cjs', 'b/package.json']);
  });

  it.each(["import x from 'left-pad';", "const x = require('left-pad');", "import '#own';"])(
    'are refused when a worker could not have them: %s',
    (text) => {
      const finding = () => filesOf('c.mjs', { 'c.mjs': text });
      expect(finding).toThrow(ConfigError);
      expect(finding).toThrow('bundle the module');
    },
  );
});
