import { defineConfig } from 'oxlint'

import { layers } from './lint/layers.ts'

const tests = ['**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.spec.ts']

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['**/dist/**', '**/*.gen.ts'],
  rules: {
    eqeqeq: ['error', 'always'],
    'max-lines': ['error', 300],
    'max-lines-per-function': ['error', { max: 60 }],
    'import/no-cycle': 'error',
    'typescript/await-thenable': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/return-await': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
    ],

    // Statements in a loop are often the point here: retries, ordered writes.
    'no-await-in-loop': 'off',
    // Imports for their effect: styles, fonts, test set-up.
    'import/no-unassigned-import': 'off',
    'no-shadow': 'off',
    // tsc's noImplicitReturns does this and knows an exhaustive switch.
    'typescript/consistent-return': 'off',
    // Fires on workers and message ports, which take no origin.
    'unicorn/require-post-message-target-origin': 'off',
    // Branded ids and parsed rows are narrowed by assertion, once, at the edge.
    'typescript/no-unsafe-type-assertion': 'off',
  },
  overrides: [
    { files: ['**/*.tsx'], rules: { 'max-lines-per-function': ['error', { max: 120 }] } },
    { files: tests, rules: { 'max-lines-per-function': 'off' } },
    {
      files: ['apps/web/**'],
      plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'react', 'jsx-a11y'],
      rules: {
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
        'react/react-in-jsx-scope': 'off',
        // Virtual tables are drawn with div and role; their tags would not lay out.
        'jsx-a11y/prefer-tag-over-role': 'off',
        // The compiler skips components that use the virtualizer; that is known and accepted.
        'react/incompatible-library': 'off',
      },
    },
    {
      // config.ts is the only reader of the environment.
      files: ['apps/server/src/**'],
      excludeFiles: ['apps/server/src/config.ts', ...tests],
      rules: { 'node/no-process-env': 'error' },
    },
    {
      files: ['packages/rules/**'],
      excludeFiles: tests,
      rules: {
        'no-restricted-globals': [
          'error',
          ...['Date', 'performance', 'fetch', 'process', 'setTimeout', 'setInterval'].map(
            (name) => ({ name, message: 'rules are pure: time and input are arguments.' }),
          ),
        ],
      },
    },
    ...layers,
  ],
})
