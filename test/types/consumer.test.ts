import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('consumer/program.ts', import.meta.url));

const usual: ts.CompilerOptions = {
  strict: true,
  skipLibCheck: false,
  // TypeScript's own are no concern of this test, and most of the work.
  skipDefaultLibCheck: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
};

describe('what a program imports compiles, declarations and all', () => {
  it.each<[string, ts.CompilerOptions]>([
    [
      'as strictly as there is, without the types of browsers',
      {
        lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noPropertyAccessFromIndexSignature: true,
        noImplicitOverride: true,
        verbatimModuleSyntax: true,
        isolatedModules: true,
      },
    ],
    [
      'strictly, for a bundler',
      { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    ],
  ])('%s', (_, options) => {
    const compiled = ts.createProgram([program], { ...usual, ...options });
    const errors = ts.getPreEmitDiagnostics(compiled).map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file?.fileName ?? ''}: ${text}`.slice(0, 300);
    });
    expect(errors).toEqual([]);
    // What it is about was really looked at.
    const files = compiled.getSourceFiles().map(({ fileName }) => fileName);
    expect(files.some((name) => name.endsWith('packages/workers/dist/index.d.ts'))).toBe(true);
  });
});
