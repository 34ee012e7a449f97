import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      'max-lines': ['error', 300],
      eqeqeq: 'error',
      'svelte/no-at-html-tags': 'error', // every text shown is data of somebody
      // The server's policy refuses style attributes in markup; style: directives set properties and are fine.
      'no-restricted-syntax': ['error', { selector: "SvelteAttribute[key.name='style']", message: 'use a class or a style: directive' }],
      'svelte/no-navigation-without-resolve': 'off', // of SvelteKit, which this is not
    },
  },
);
