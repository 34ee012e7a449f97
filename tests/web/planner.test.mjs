// The planner: five plans, each the numbers of the command, in a form that an address keeps.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { accessible, fits, full, narrow, phone, scrollThrough, shot, start, still, textOf, until, wide } from './harness.mjs';

const train = '/planner/train?parameters=7B&tokens=2T&hardware=nvidia-h100-sxm5-80gb&count=512&region=FRA';
const reuse = '/planner/reuse?parameters=7B&hardware=nvidia-h100-sxm5-80gb&uses=1M&region=FRA';
const where = '/planner/where?hardware=nvidia-h100-sxm5-80gb&count=8&hours=120&region=aws:us-east-1&regions=aws&counts=4,8,16';
const grams = [60, 50, 40, 30, 20, 20, 30, 45, 60, 80, 90, 70, 50, 30, 10, 10, 10, 40, 80, 100, 120, 110, 90, 70];
const when = `/planner/when?forecast=2026-11-27T00:00Z,60,,,${grams.join(',')}&hardware=1000 W&count=1&hours=3&earliest=2026-11-27T00:00Z&region=FRA`;
const paused = when.replace('hours=3', 'hours=6') + '&pause_minutes=1';
const search = '/planner/search?space=' + encodeURIComponent('[parameters]\na = [1, 2, 3, 4, 5]\nb = [1, 2, 3, 4, 5]\nc = [1, 2, 3, 4, 5]\nd = [1, 2, 3, 4, 5]\n') + '&hardware=nvidia-a100-sxm4-80gb&count=1&hours=4&region=FRA';
const views = { train, search, reuse, when, where };
// The browser itself reports a refused request; the page shows it.
const refused = [/status of 400/];

describe('planner', () => {
  let at;
  before(async () => {
    at = await start(); // the store is empty: plans need none
  });
  after(() => at.stop());
  const answered = (page) => page.waitForSelector('.result[aria-busy=false] table, .result[aria-busy=false] figure');

  it('is five views with an address each, one of them current, and stands between Calculator and Regions', async () => {
    const page = await at.open('/planner/train');
    await answered(page);
    assert.deepEqual(await page.locator('header nav a').allInnerTexts(), ['Runs', 'Calculator', 'Planner', 'Regions', 'Method']);
    assert.equal(await textOf(page, 'header nav [aria-current=page]'), 'Planner');
    for (const name of ['Search', 'Reuse', 'When', 'Where', 'Train']) {
      await page.click(`main nav a:has-text("${name}")`);
      await page.waitForURL(new RegExp(`/planner/${name.toLowerCase()}`));
      await until(async () => (await textOf(page, 'main nav [aria-current=page]')) === name);
      assert.equal(await page.title(), `Planner: ${name} · gramme`);
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
      await answered(page); // each has an example in its form, and an answer to it
      assert.equal(await page.locator('.errors, .failed').count(), 0);
    }
    await page.goBack();
    await until(async () => (await textOf(page, 'main nav [aria-current=page]')) === 'Where');
    await page.done();
  });

  it('shows what plan train says, no digit more', async () => {
    const { stdout } = await at.gramme('plan', 'train', '--parameters', '7B', '--tokens', '2T', '--device', 'nvidia-h100-sxm5-80gb', '--count', '512', '--region', 'FRA');
    const page = await at.open(train);
    await page.waitForSelector('.figure');
    const figure = (await textOf(page, '.figure')).replace(' CO₂e', '');
    const [low, high] = (await textOf(page, '.range')).match(/between (\S+) and (\S+) /).slice(1);
    assert.ok(stdout.includes(`${figure} CO2e  (${low} to ${high})`), `${figure} (${low} to ${high}) is not in\n${stdout}`);
    const mfu = await page.locator('svg[role=img][aria-label*="%"]').getAttribute('aria-label');
    const [value, from, to] = mfu.match(/\d+/g);
    assert.ok(stdout.includes(`0.${value} (0.${from} to 0.${to})`), `${mfu} is not in\n${stdout}`);
    await page.done();
  });

  it('asks anew as one types, keeps the address, and is the same after a reload', async () => {
    const page = await at.open(train);
    await page.waitForSelector('.figure');
    const before = await textOf(page, '.figure');
    await page.fill('#tokens', '200B');
    await page.waitForURL(/tokens=200B/);
    await until(async () => (await textOf(page, '.figure')) !== before);
    const after = await textOf(page, '.figure');
    await page.reload();
    await page.waitForSelector('.figure');
    assert.equal(await textOf(page, '.figure'), after);
    await page.done();
  });

  it('says beside the field what is wrong, found here and by the program', async () => {
    const page = await at.open(train, { allow: refused });
    await page.waitForSelector('.figure');
    const figure = await textOf(page, '.figure');
    await page.fill('#parameters', '');
    await until(async () => (await page.locator('#parameters-error').count()) === 1);
    await page.fill('#parameters', '7X');
    await until(async () => /'7X' is no number/.test(await textOf(page, '#parameters-error')));
    assert.equal(await textOf(page, '.figure'), figure);
    await accessible(page);
    await page.click('.errors a');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'parameters');
    await page.done();
  });

  it('finds the start with the least carbon, by hand and as the command says', async () => {
    const page = await at.open(when);
    await page.waitForSelector('.figure');
    // Three hours at 10 g/kWh from 14:00 on; now it would be 60, 50 and 40: 80 % less.
    const row = async (n) => (await page.locator('.result > .scroll-x tbody tr').nth(n).innerText()).replace(/\s+/g, ' ');
    assert.match(await row(0), /^now .* 50 /);
    assert.match(await row(1), /^best start .* 10 /);
    assert.match(await textOf(page, '.sure'), /^This is 80 % less than now/);
    writeFileSync(join(at.folder, 'forecast.csv'), ['time,gco2e_per_kwh', ...grams.map((each, i) => `2026-11-27T${String(i).padStart(2, '0')}:00Z,${each}`), ''].join('\n'));
    const { stdout } = await at.gramme('plan', 'when', '--power-w', '1000', '--hours', '3', '--start-not-before', '2026-11-27T00:00Z', '--region', 'FRA', '--intensity-csv', 'forecast.csv');
    const figure = (await textOf(page, '.figure')).replace(' CO₂e', '');
    assert.ok(stdout.includes(`${figure} CO2e`), `${figure} is not in\n${stdout}`);
    await page.done();
  });

  it('draws the runs below the grid, pauses hollow, and says each hour by keys', async () => {
    const page = await at.open(paused);
    const chart = page.locator('[role=slider]');
    await chart.waitFor();
    assert.equal(await chart.locator('.run').count(), 4); // now, best start, and two stretches
    assert.equal(await chart.locator('.pause').count(), 1);
    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.match(await chart.getAttribute('aria-valuetext'), /: 50 g\/kWh\. Runs then: now/);
    await page.click('text=Show as table');
    assert.equal(await page.locator('figure tbody tr').count(), 24);
    await page.done();
  });

  it('takes a forecast that is pasted or from a file, and says which line is none', async () => {
    const page = await at.open('/planner/when');
    await page.waitForSelector('.figure');
    await page.fill('#forecast', 'datetime,gco2e_per_kwh\n2026-11-27 00:00,50\n');
    await until(async () => /Line 2: the time has no zone/.test(await textOf(page, '#forecast-hint')));
    const file = join(at.folder, 'grid.csv');
    writeFileSync(file, ['time,gco2e_per_kwh', ...grams.map((each, i) => `2036-11-27T${String(i).padStart(2, '0')}:00+01:00,${each}`), ''].join('\n'));
    await page.setInputFiles('input[type=file]', file);
    await page.waitForURL(/forecast=2036-11-26T23:00Z,60,,,60,50/);
    await until(async () => (await page.locator('figure .run').count()) > 0 && (await page.locator('.errors').count()) === 0);
    await page.done();
  });

  it('marks the ways that no other beats, and lists them all', async () => {
    const page = await at.open(where);
    await page.waitForSelector('.figure');
    const { stdout } = await at.gramme('plan', 'where', '--device', 'nvidia-h100-sxm5-80gb', '--count', '8', '--hours', '120', '--region', 'aws:us-east-1', '--regions', 'aws', '--counts', '4,8,16', '--json');
    const { ways } = JSON.parse(stdout);
    const front = ways.filter((way) => way.on_front);
    assert.equal(await textOf(page, 'figure h2'), `${front.length} of ${ways.length} ways are beaten by none`);
    assert.equal(await page.locator('tbody tr:has-text("beaten by none")').count(), front.length);
    await page.click('text=Show all');
    assert.equal(await page.locator('.result > .scroll-x tbody tr').count(), ways.length);
    const chart = page.locator('[role=slider]');
    await chart.focus();
    await page.keyboard.press('Home');
    assert.ok((await chart.getAttribute('aria-valuetext')).startsWith(ways[0].label.replace('nvidia-h100-sxm5-80gb ', '').replace(' x ', ' ')));
    assert.match(await chart.getAttribute('aria-valuetext'), /No way beats it\.$/);
    await page.done();
  });

  it('compares ways to a model on one scale, with the uses at which each breaks even', async () => {
    const page = await at.open(reuse);
    await answered(page);
    const rows = await page.locator('figure tbody tr').allInnerTexts();
    assert.deepEqual(rows.map((row) => row.split('\n')[0].trim()), ['From scratch', 'Continued pre-training', 'Fine-tune', 'LoRA', 'Frozen backbone', 'Hosted']);
    assert.match(await textOf(page, '.figure'), /fine-tunes$/);
    await page.done();
  });

  it('says what a search costs, what is promised and what is not', async () => {
    const page = await at.open(search);
    await answered(page);
    assert.equal(await textOf(page, '.finding'), '59 random trials cost a tenth of the grid');
    assert.match(await textOf(page, '.notice'), /with 95 % one of 59 random points is among the best 5 % of this space\. Not that the space holds a good one/);
    await page.fill('#space', '[parameters]\na = []\n');
    await page.done();
  });

  it('reads its part of the page only where it is opened', async () => {
    const page = await at.open('/method');
    await page.waitForSelector('h1');
    await page.waitForTimeout(2500);
    const files = () => page.evaluate(() => performance.getEntriesByType('resource').map((each) => each.name).filter((each) => each.endsWith('.js')));
    assert.ok((await files()).some((each) => each.includes('detail')));
    assert.ok(!(await files()).some((each) => each.includes('planner')));
    await page.click('nav a:has-text("Planner")');
    await until(async () => (await files()).some((each) => each.includes('planner')));
    await page.done();
  });

  for (const [name, path] of Object.entries(views)) {
    for (const [size, options] of Object.entries({ light: { size: wide }, dark: { size: wide, dark: true }, 'full-hd': { size: full }, phone: { size: phone }, 'narrow-dark': { size: narrow, dark: true } })) {
      it(`is accessible, fits and does not jump: ${name} ${size}`, async () => {
        const page = await at.open(path, options);
        await answered(page);
        await scrollThrough(page);
        await accessible(page);
        await fits(page);
        await still(page);
        await shot(page, `planner-${name}-${size}`);
        await page.done();
      });
    }
  }

  it('opens its tables where the system replaces colours', async () => {
    const page = await at.open(when);
    await page.emulateMedia({ forcedColors: 'active' });
    await page.reload();
    await answered(page);
    assert.ok(await page.locator('figure details table').isVisible());
    await accessible(page);
    await shot(page, 'planner-when-forced');
    await page.done();
  });
});
