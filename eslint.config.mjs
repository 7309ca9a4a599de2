import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What a rejected promise does to Node-RED (it ends the whole runtime) is why these rules need types. */
const typed = tseslint.configs.strictTypeChecked;

/** Rules of strictTypeChecked that name no fault here. */
const relaxed = {
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
  '@typescript-eslint/no-extraneous-class': 'off',
  '@typescript-eslint/prefer-literal-enum-member': 'off',
  // Interfaces whose methods may wait are implemented by things that need not: an async body without await is then right.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // Card numbers and names are cut into characters by spreading all the time; they hold no emoji.
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
  // A generic that is named once says what a caller asks for.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'error',
  'no-restricted-globals': ['error', { name: 'RED', message: 'RED is handed to a node, never taken from the air.' }],
};

export default tseslint.config(
  { ignores: ['dist/', 'examples/', 'resources/', '.out/', '.cache/', '.dist-*/', 'coverage/', 'node_modules/', 'docs/'] },
  {
    name: 'runtime and tests',
    files: ['nodes/**/*.ts', 'test/**/*.ts'],
    ignores: ['nodes/editor/mc-*.ts', 'nodes/editor/shared/**', 'nodes/editor/rules/**', 'test/editor/browser/**'],
    extends: [js.configs.recommended, ...typed],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: relaxed,
  },
  {
    name: 'editor',
    files: ['nodes/editor/mc-*.ts', 'nodes/editor/shared/**/*.ts', 'nodes/editor/rules/**/*.ts', 'test/editor/browser/**/*.ts'],
    extends: [js.configs.recommended, ...typed],
    languageOptions: { parserOptions: { project: './tsconfig.editor.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...relaxed,
      // In the editor RED is a global of the page.
      'no-restricted-globals': 'off',
    },
  },
  {
    name: 'tests',
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
    },
  },
  {
    name: 'command line',
    files: ['nodes/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    name: 'scripts',
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [js.configs.recommended],
    rules: { eqeqeq: ['error', 'always'] },
    languageOptions: {
      ecmaVersion: 2024,
      globals: Object.fromEntries([
        'console', 'process', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'fetch', 'URL', 'Buffer', 'AbortSignal', 'AbortController', 'performance',
      ].map((name) => [name, 'readonly'])),
    },
  },
  { name: 'CommonJS scripts', files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'writable' } } },
  { name: 'scripts of the simulator page', files: ['nodes/simulator/page/**/*.js'], extends: [js.configs.recommended], languageOptions: { globals: Object.fromEntries(['window', 'document', 'fetch', 'EventSource', 'WebSocket', 'location', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'console', 'URL', 'Intl', 'navigator', 'requestAnimationFrame', 'HTMLElement', 'history', 'AbortSignal'].map((name) => [name, 'readonly'])) } },
);
