import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const source = (folder: string) => fileURLToPath(new URL(`./src/${folder}`, import.meta.url));

// The build is committed and compared with a fresh one: no dates, no maps, names by content. Nothing is inlined,
// since the server's policy allows files of its own only.
export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $lib: source('lib'), $ui: source('ui'), $charts: source('charts') } },
  build: {
    target: 'es2022',
    sourcemap: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // For work on the page itself: `gramme serve` answers the API.
  server: { proxy: { '/api': 'http://127.0.0.1:7777' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
