import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { licences } from './build/licences';
import { slimUplot } from './build/slim-uplot';

const source = (folder: string) => fileURLToPath(new URL(`./src/${folder}`, import.meta.url));

// Three files: what most visits need, the views of runs in detail with uPlot, and the planner. Few files pack smaller
// than many.
function chunkOf(id: string): string | undefined {
  if (/uplot|charts\/power|views\/(run|compare)\//i.test(id)) {
    return 'detail';
  }
  if (/views\/planner\/|charts\/plan\//.test(id)) {
    return 'planner';
  }
  return id.includes('/src/main.ts') ? undefined : 'page';
}

// The build is committed and compared with a fresh one: no dates, no maps, names by content. Nothing is inlined,
// since the server's policy allows files of its own only.
export default defineConfig({
  plugins: [svelte(), slimUplot(), licences()],
  resolve: { alias: { $lib: source('lib'), $ui: source('ui'), $charts: source('charts') } },
  build: {
    target: 'es2022',
    sourcemap: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    minify: 'terser',
    terserOptions: { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } },
    rollupOptions: { output: { manualChunks: chunkOf } },
  },
  // For work on the page itself: `gramme serve` answers the API.
  server: { proxy: { '/api': 'http://127.0.0.1:7777' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
