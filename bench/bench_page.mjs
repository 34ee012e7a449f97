#!/usr/bin/env node
// bench_page.mjs ADDRESS [TURNS]: the first view of the page in a browser, of a server that runs (bench/bench_serve starts one).
//
// From the start of the navigation to the first row of a run on the screen, in a browser that has read nothing before
// (cold: no cache, no compiled code) and in one that has; tasks that blocked for more than 50 ms; what the layout shifted.
// Medians beside their targets; fails on none. Needs web/node_modules (npm ci) and Debian's chromium, else says so.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const [address, turns = '5'] = process.argv.slice(2);
if (address === undefined) {
  console.error('bench_page.mjs ADDRESS [TURNS]');
  process.exit(64);
}
const browserPath = process.env.GRAMME_CHROMIUM ?? '/usr/bin/chromium';
const modules = new URL('../web/package.json', import.meta.url);
if (!existsSync(browserPath) || !existsSync(new URL('../web/node_modules/playwright-core', import.meta.url))) {
  console.log('first view in a browser: left out, needs chromium and `cd web && npm ci`');
  process.exit(0);
}
const { chromium } = createRequire(modules)('playwright-core');

function watch() {
  window.measured = { row: undefined, tasks: [], shift: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.measured.tasks.push(entry.duration))).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) =>
    list.getEntries().forEach((entry) => (window.measured.shift += entry.hadRecentInput ? 0 : entry.value)),
  ).observe({ type: 'layout-shift', buffered: true });
  // The row is there; it is on the screen with the frame after the next.
  const seen = new MutationObserver(() => {
    if (document.querySelector('tbody th.name') !== null) {
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => (window.measured.row = performance.now())));
    }
  });
  seen.observe(document, { childList: true, subtree: true });
}

async function visit(context) {
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(address);
  const end = Date.now() + 60_000;
  while ((await page.evaluate(() => window.measured.row)) === undefined) {
    if (Date.now() > end) {
      throw new Error('no run was shown within a minute');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => setTimeout(resolve, 2500)); // what is read afterwards may block and shift, too
  const found = await page.evaluate(() => ({
    ...window.measured,
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  }));
  await page.close();
  return found;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
function said(what, value, unit, target, met) {
  console.log(`${what}: ${value} ${unit} (target ${target}): ${met ? 'met' : 'NOT MET'}`);
}

const found = { cold: [], warm: [] };
for (let turn = 0; turn < Number(turns); ++turn) {
  const browser = await chromium.launch({ executablePath: browserPath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  found.cold.push(await visit(context));
  found.warm.push(await visit(context));
  await browser.close();
}
for (const [name, visits] of Object.entries(found)) {
  const row = median(visits.map((each) => each.row));
  const paint = median(visits.map((each) => each.first));
  said(`first view in a browser, ${name}: first row of a run`, row.toFixed(0), `ms (first paint ${paint.toFixed(0)})`, '500', row <= 500);
}
const all = [...found.cold, ...found.warm];
const longest = all.map((each) => Math.max(0, ...each.tasks)); // 0: none took 50 ms
said('longest task of the first view', median(longest).toFixed(0), `ms (at most ${Math.max(...longest).toFixed(0)})`, '200', median(longest) <= 200);
const shift = Math.max(...all.map((each) => each.shift));
said('layout shift of the first view', shift.toFixed(4), '', '0', shift < 0.0005);
