import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', '**/lib/', 'examples/**/*.js'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      // One program for all: a file that is in two is parsed and checked in each.
      parserOptions: { project: 'tsconfig.lint.json' },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
    },
  },
  {
    // What runs in browsers knows other globals.
    files: ['packages/*/client/**'],
    languageOptions: { parserOptions: { project: 'packages/*/client/tsconfig.json' } },
  },
  {
    // packages/testkit/src/recorded-log/path-stats.ts says why.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.fixture.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.name=/^[lf]?statSync$/]:not(:has(Property[key.name='bigint']))",
          message: 'Expected bigint: true: a look at a pipe misleads what loads modules.',
        },
        {
          selector: "CallExpression[callee.name='realpathSync']",
          message: 'Expected realpathSync.native: a look at a pipe misleads what loads modules.',
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
