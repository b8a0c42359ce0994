import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ruleCases } from './tidy/planted.js';
import { ignoring, printed, readProject, type ProjectFile } from './tidy/project-file.js';

const project = readProject(fileURLToPath(new URL('..', import.meta.url)));

describe('in this project', () => {
  it.each(ruleCases)('$claim', ({ rule }) => {
    expect(rule(project).map(printed)).toEqual([]);
  });

  it('all of that was really looked at', () => {
    const paths = project.map(({ path }) => path);
    expect(paths).toContain('packages/core/src/index.ts');
    expect(paths).toContain('test/tidy.test.ts');
    expect(paths).toContain('pnpm-lock.yaml');
    expect(paths.filter((path) => /(?:^|\/)(?:node_modules|dist|lib|\.git)\//.test(path))).toEqual(
      [],
    );
  });
});

describe('planted violations are found, and nothing else', () => {
  it.each(ruleCases)('$claim', ({ rule, files, finds }) => {
    const planted: ProjectFile[] = Object.entries(files).map(([path, text]) => ({ path, text }));
    const found = rule(planted).map(printed);
    expect(found.map((line, index) => line.slice(0, finds[index]?.length))).toEqual(finds);
  });
});

describe('what version control ignores', () => {
  it('is read from names and endings', () => {
    const ignores = ignoring('# built\ndist/\n\n*.cpuprofile\n');
    expect(['dist', 'a.cpuprofile'].map(ignores)).toEqual([true, true]);
    expect(['src', 'distance', 'cpuprofile'].map(ignores)).toEqual([false, false, false]);
  });

  it('is not guessed at from other patterns', () => {
    expect(() => ignoring('docs/**/*.tmp')).toThrow('tidy reads names');
  });
});
