// Regions, method, sources, and the frame around every view.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accessible, fits, narrow, phone, scrollThrough, shot, start, still, textOf, until, wide } from './harness.mjs';

describe('regions, method, sources', () => {
  let at;
  before(async () => {
    at = await start();
  });
  after(() => at.stop());

  for (const [name, path, options] of [
    ['regions', '/regions?kwh=127', { size: wide }],
    ['regions-dark', '/regions?kwh=127&provider=zone', { size: wide, dark: true }],
    ['regions-phone', '/regions?kwh=127', { size: phone }],
    ['regions-narrow-dark', '/regions', { size: narrow, dark: true }],
    ['method', '/method', { size: wide }],
    ['method-narrow', '/method', { size: narrow }],
    ['sources', '/method/sources', { size: wide }],
    ['sources-narrow-dark', '/method/sources?q=epa', { size: narrow, dark: true }],
    ['missing', '/nowhere', { size: phone, allow: [/status of 404/] }], // the browser itself reports that answer
  ]) {
    it(`is accessible, fits and does not jump: ${name}`, async () => {
      const page = await at.open(path, options);
      await page.waitForSelector(path.startsWith('/regions') ? '[role=slider]' : path.includes('sources') ? 'tbody tr' : 'h1');
      await page.waitForLoadState('load');
      await scrollThrough(page);
      await accessible(page);
      await fits(page);
      await still(page);
      await shot(page, name);
      await page.done();
    });
  }

  it('ranks regions lowest first and sorts by what the reader chooses', async () => {
    const page = await at.open('/regions?kwh=127&provider=aws&all=1');
    await page.waitForSelector('tbody th');
    // By the bars: the printed numbers have the digits that each range supports, so 60 may stand before 57.
    const bars = await page.locator('td.bar rect').evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('width'))));
    assert.ok(bars.length > 30);
    assert.deepEqual(bars, [...bars].sort((a, b) => a - b));
    await page.click('th button:has-text("Region")');
    const places = await page.locator('tbody th').evaluateAll((cells) => cells.map((cell) => cell.querySelector('button').textContent));
    assert.deepEqual(places, [...places].sort((a, b) => a.localeCompare(b, 'en')));
    await page.done();
  });

  it('says what is wrong with an energy', async () => {
    const page = await at.open('/regions');
    await page.fill('#kwh', '-1');
    assert.equal(await textOf(page, '#kwh-error'), 'The energy must be above 0 kWh.');
    await page.done();
  });

  it('filters sources as one types, and says when none matches', async () => {
    const page = await at.open('/method/sources');
    await page.waitForSelector('tbody tr');
    const all = await page.locator('tbody tr').count();
    await page.fill('#filter', 'ember');
    await page.waitForURL(/q=ember/);
    const some = await page.locator('tbody tr').count();
    assert.ok(some > 0 && some < all);
    await page.fill('#filter', 'no such source');
    assert.match(await textOf(page, '.none'), /No source matches "no such source"/);
    await page.click('text=Clear the filter');
    assert.equal(await page.locator('tbody tr').count(), all);
    await page.done();
  });

  it('goes from view to view without a load, to the heading of each', async () => {
    const page = await at.open('/method');
    await page.waitForSelector('h1');
    await page.evaluate(() => (window.same = true));
    await page.keyboard.press('Tab');
    assert.equal(await textOf(page, ':focus'), 'Skip to the content');
    await page.click('nav >> text=Calculator');
    await page.waitForSelector('.figure');
    assert.deepEqual(await page.evaluate(() => [document.activeElement.tagName, document.title, window.same]), ['H1', 'Calculator · gramme', true]);
    await page.goBack();
    await until(async () => (await page.title()) === 'Method · gramme');
    await page.done();
  });

  it('keeps the theme that was chosen', async () => {
    const page = await at.open('/method');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.check('header input[value=dark]', { force: true });
    const dark = await ground();
    assert.notEqual(light, dark);
    await page.reload({ waitUntil: 'domcontentloaded' });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.done();
  });
});

it('shows where the energy of a run would have made less', async () => {
  let id;
  const at = await start({
    async prepare({ gramme }) {
      await gramme('run', '--region', 'USA', '--', 'sleep', '1');
      id = JSON.parse((await gramme('runs', 'list', '--json')).stdout).rows[0].id;
    },
  });
  const page = await at.open(`/regions?run=${id}`);
  await page.waitForSelector('tr.here');
  assert.match(await textOf(page, 'tr.here th'), /Here, United States/);
  assert.equal(await page.getAttribute('.lead a', 'href'), `/runs/${id}`);
  await page.done();
  await at.stop();
});

it('says so when the server is gone, and goes on when it is back', async () => {
  const at = await start();
  const page = await at.open('/method/sources', { allow: [/ERR_|Failed to load/] });
  await page.waitForSelector('tbody tr');
  await at.stopServer();
  await page.click('nav >> text=Regions');
  await page.waitForSelector('[role=alert], h1:has-text("could not be read")');
  await accessible(page);
  await shot(page, 'server-gone');
  await page.done();
  await at.stop();
});
