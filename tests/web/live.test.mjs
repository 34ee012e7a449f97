// Runs that are measured while the page is open: power moves, the figure grows, the end comes; and a server that is gone.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { machine, work } from './data.mjs';
import { accessible, fits, narrow, shot, start, still, textOf, until, wide } from './harness.mjs';

const patience = 40_000;

/** A run under the real program until `end()`: two seconds of low power, two of high, again and again. */
function alternating(at, name) {
  const quiet = work(at.folder, 2, ['--tick', '50']).join(' ');
  const busy = quiet.replace('pkg0=90', 'pkg0=390');
  const stop = join(at.folder, `stop-${name}`);
  const run = at.beside('run', '--name', name, '--project', 'live', '--scope', 'machine', '--interval', '100ms', '--region', 'FRA', '--quiet', '--', 'sh', '-c', `while [ ! -e '${stop}' ]; do ${quiet} && ${busy}; done`);
  return {
    async id() {
      let found;
      await until(async () => (found = (await (await fetch(`${at.address}/api/v1/live`)).json()).runs.find((each) => each.name === name)) !== undefined, patience);
      return found.id;
    },
    async end(status = 0) {
      writeFileSync(stop, '');
      assert.equal(await run.ended, status);
    },
    kill: (signal = 'SIGTERM') => run.child.kill(signal),
  };
}

describe('live', () => {
  let at;
  before(async () => {
    at = await start({ prepare: async ({ folder, env }) => machine(folder, env) });
  });
  after(() => at.stop());

  it('stands on top of the list with moving power, and in the list once it has ended', async () => {
    const page = await at.open('/runs');
    await page.waitForSelector('text=No runs here yet.');
    const run = alternating(at, 'training');
    await page.waitForSelector('li:has-text("training")', { timeout: patience });
    assert.match(await textOf(page, 'li:has-text("training")'), /live\s+live · since \d/);
    assert.match(await textOf(page, '.state'), /1 live/);
    // Two GPUs of 200 W, packages and memory: 578 and 878 W by turns.
    const seen = [];
    await until(async () => {
      const text = await textOf(page, '.watts');
      const watts = Number(text.replace(/[^\d.]/g, ''));
      seen.push(/^\d+ W$/.test(text) ? watts : NaN);
      return seen.some((each) => each > 750) && seen.some((each) => each < 700 && each > 400);
    }, patience).catch(() => assert.fail(`power did not move: ${[...new Set(seen)]}`));
    await accessible(page);
    await fits(page);
    await shot(page, 'live-list');
    await run.end();
    await page.waitForSelector('tbody tr:has-text("training")', { timeout: patience });
    await until(async () => (await page.locator('li:has-text("training")').count()) === 0);
    assert.match(await textOf(page, '.state'), /^1 run$/);
    await page.done();
  });

  it('leaves the live ones when its gramme is killed, and comes into the list by itself', async () => {
    const page = await at.open('/runs');
    const run = alternating(at, 'cut off');
    await page.waitForSelector('li:has-text("cut off")', { timeout: patience });
    run.kill('SIGKILL');
    await page.waitForSelector('tbody tr:has-text("cut off"):has-text("interrupted")', { timeout: patience });
    assert.equal(await page.locator('li:has-text("cut off")').count(), 0);
    await page.done();
    await run.end(null);
  });

  it('grows, says "so far", and turns "finished" by itself', async () => {
    const run = alternating(at, 'watched');
    const id = await run.id();
    const page = await at.open(`/runs/${id}`);
    await page.waitForSelector('.figure', { timeout: patience });
    assert.match(await textOf(page, '.headline'), /Operational carbon footprint so far/);
    assert.match(await textOf(page, 'header .badges'), /^live/);
    assert.match(await textOf(page, '.facts'), /since \d/);
    assert.match(await textOf(page, '#change'), /It is still measured; it can be changed once it has ended/);
    const energy = async () => (await (await fetch(`${at.address}/api/v1/runs/${id}`)).json()).energy_kwh.value;
    const [before, figure] = [await energy(), await textOf(page, '.headline')];
    await until(async () => (await textOf(page, '.headline')) !== figure, patience);
    assert.ok((await energy()) > before);
    await page.waitForSelector('#power [role=slider]', { timeout: patience });
    const windows = async () => Number(await page.getAttribute('#power [role=slider]', 'aria-valuemax'));
    const some = await windows();
    await until(async () => (await windows()) > some, patience);
    assert.match(await textOf(page, '#sum'), /As it stood after \d/); // worked out less often than the figure above it
    await accessible(page);
    await still(page);
    await shot(page, 'live-run');
    await run.end();
    await until(async () => /finished \d\d:\d\d/.test(await textOf(page, 'header .badges')), patience);
    await until(async () => !/so far/.test(await textOf(page, '.headline')), patience);
    await until(async () => !/As it stood/.test(await textOf(page, '#sum')), patience);
    assert.match(await textOf(page, '.facts'), /exit 0/);
    const { stdout } = await at.gramme('runs', 'show', id);
    const [, value] = (await textOf(page, '.figure')).match(/(\d\S* m?g) CO₂e/);
    assert.ok(stdout.includes(`${value} CO2e`), `${value} is not in\n${stdout}`);
    await page.done();
  });

  it('shows it in eight windows at once, which leave the browser connections for all else', async () => {
    const run = alternating(at, 'in eight');
    await run.id();
    const pages = [await at.open('/runs')];
    const streams = new Set();
    pages[0].context().on('request', (request) => request.url().endsWith('/live/stream') && streams.add(request.frame().page()));
    pages[0].context().on('requestfailed', (request) => request.url().endsWith('/live/stream') && streams.delete(request.frame().page()));
    const streaming = () => [...streams].filter((page) => !page.isClosed()).length;
    while (pages.length < 8) {
      const page = await pages[0].context().newPage();
      await page.goto(`${at.address}/runs`, { timeout: 10_000 });
      pages.push(page);
    }
    for (const page of pages) {
      await page.waitForSelector('li:has-text("in eight")', { timeout: patience });
    }
    assert.ok(streaming() <= 1, `${streaming()} windows stream`);
    // One goes: whoever streams then, all go on.
    await pages.shift().close();
    const last = pages.at(-1);
    const since = async () => textOf(last, 'li:has-text("in eight") .about');
    const before = await since();
    await until(async () => streaming() === 1 && (await since()) !== before, patience);
    await last.click('nav >> text=Regions');
    await last.waitForSelector('h1:has-text("egions")', { timeout: 10_000 });
    assert.equal((await last.evaluate(() => fetch('/api/v1/health').then((answer) => answer.status))), 200);
    await run.end();
    await pages[0].context().close();
  });

  it('fits a phone while it works, in dark', async () => {
    const run = alternating(at, 'on a phone');
    const id = await run.id();
    const page = await at.open('/runs', { size: narrow, dark: true });
    await page.waitForSelector('li:has-text("on a phone")', { timeout: patience });
    await accessible(page);
    await fits(page);
    await shot(page, 'live-narrow-dark');
    await page.goto(`${at.address}/runs/${id}`);
    await page.waitForSelector('#power [role=slider]', { timeout: patience });
    await accessible(page);
    await fits(page);
    await page.done();
    await run.end();
  });

  it('says that the server is gone, keeps what was read, and goes on when it is back', async () => {
    const run = alternating(at, 'goes on');
    const id = await run.id();
    const page = await at.open(`/runs/${id}`, { size: wide, allow: [/ERR_|Failed to load/] });
    await page.waitForSelector('#power [role=slider]', { timeout: patience });
    await until(async () => /^live/.test(await textOf(page, 'header .badges')) && /1 live/.test(await textOf(page, '.state')), patience);
    await at.stopServer();
    await until(async () => /live paused, retrying/.test(await textOf(page, 'header .badges')), patience);
    assert.match(await textOf(page, '.state'), /live paused, retrying/);
    assert.match(await textOf(page, '.figure'), /CO₂e/);
    await until(async () => /Hatched: not known/.test(await textOf(page, '#power')), patience);
    await accessible(page);
    await shot(page, 'live-server-gone');
    await page.click('nav >> text=Runs');
    await page.waitForSelector('[role=alert]', { timeout: patience });
    assert.match(await textOf(page, '[role=alert]'), /gramme serve does not answer\. Nothing is lost: runs go on being recorded/);
    await accessible(page);
    await at.startAgain();
    await page.waitForSelector('li:has-text("goes on")', { timeout: patience });
    await until(async () => (await page.locator('[role=alert]').count()) === 0, patience);
    await run.end();
    await page.waitForSelector('tbody tr:has-text("goes on")', { timeout: patience });
    const { gaps, run: kept } = JSON.parse((await at.gramme('runs', 'show', id, '--json')).stdout);
    assert.equal(kept.exit_status, 0);
    assert.ok(gaps.every((each) => each.to_s - each.from_s < 2), `recorded while the server was away: ${JSON.stringify(gaps)}`);
    await page.done();
  });

  it('says so where gramme was stopped before the run ended', async () => {
    const run = alternating(at, 'stopped');
    const id = await run.id();
    const page = await at.open(`/runs/${id}`);
    await page.waitForSelector('.figure', { timeout: patience });
    run.kill();
    await until(async () => !/^live/.test(await textOf(page, 'header .badges')), patience);
    assert.match(await textOf(page, '.facts'), /killed by SIGTERM|interrupted/);
    await page.done();
  });
});
