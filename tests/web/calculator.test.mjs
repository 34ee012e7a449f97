import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accessible, fits, full, narrow, phone, scrollThrough, shot, start, still, textOf, until, wide } from './harness.mjs';

const job = '/calculator?device=nvidia-h100-sxm5-80gb&count=8&hours=120&region=aws:eu-west-3';
// The browser itself reports a refused request; the page shows it.
const refused = [/status of 400/];

describe('calculator', () => {
  let at;
  before(async () => {
    at = await start(); // the store is empty: it works without one
  });
  after(() => at.stop());

  it('has an answer before anything is typed, and says that no region was given', async () => {
    const page = await at.open('/calculator');
    await page.waitForSelector('.figure');
    assert.match(await textOf(page, '.figure'), /^\d+ kg CO₂e$/);
    assert.match(await textOf(page, '.notice'), /No region was given, so this uses the world average/);
    await page.done();
  });

  it('shows what the program says, no digit more', async () => {
    const { stdout } = await at.gramme('estimate', '--device', 'nvidia-h100-sxm5-80gb', '--count', '8', '--hours', '120', '--region', 'aws:eu-west-3');
    const page = await at.open(job);
    await page.waitForSelector('.figure');
    const figure = (await textOf(page, '.figure')).replace(' CO₂e', '');
    assert.ok(stdout.includes(`${figure} CO2e`), `${figure} is not in\n${stdout}`);
    const [low, high] = (await textOf(page, '.range')).match(/between (\S+) and (\S+) /).slice(1);
    assert.ok(stdout.includes(`(${low} to ${high})`), stdout);
    await page.done();
  });

  it('is filled in by keys alone; the answer follows and the address keeps it', async () => {
    const page = await at.open('/calculator');
    await page.waitForSelector('.figure');
    const before = await textOf(page, '.figure');
    await page.focus('#hardware-0');
    await page.keyboard.type('a100 sxm4 80');
    await page.waitForSelector('#hardware-0-0:has-text("SXM4-80GB")'); // not of what was typed so far
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('4');
    await page.focus('#region');
    await page.keyboard.type('quebec');
    await page.waitForSelector('#region-0:has-text("Quebec")');
    // The answer to all of it, not to what was typed until then.
    const answered = page.waitForResponse((response) => response.url().endsWith('/estimate') && response.request().postData()?.includes('CA-QC'));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/device=nvidia-a100-sxm4-80gb&count=4.*region=CA-QC/);
    await answered;
    await page.waitForSelector('.result[aria-busy=false]');
    assert.notEqual(await textOf(page, '.figure'), before);
    const there = await textOf(page, '.figure');
    await page.reload();
    await page.waitForSelector('.figure');
    assert.equal(await textOf(page, '.figure'), there);
    await page.done();
  });

  it('guesses nothing where several places have the name that was typed', async () => {
    const page = await at.open('/calculator');
    await page.waitForSelector('.figure');
    await page.fill('#region', 'Frankfurt');
    await page.waitForSelector('#region-1:has-text("Frankfurt")');
    await page.keyboard.press('Tab');
    assert.equal(await textOf(page, '#region-error'), 'Several are called "Frankfurt": choose one.');
    assert.equal(await page.inputValue('#region'), 'Frankfurt');
    assert.ok(!page.url().includes('region='), page.url());
    await accessible(page);
    await page.focus('#region');
    await page.locator('#region-0').waitFor();
    const last = (await page.locator('#region-list [role=option]').count()) - 1;
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.getAttribute('#region', 'aria-activedescendant'), `region-${last}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/region=/);
    assert.equal(await page.locator('#region-error').count(), 0);
    await page.done();
  });

  it('says beside the field what is wrong, and keeps the answer that it had', async () => {
    const page = await at.open(job, { allow: refused });
    await page.waitForSelector('.figure');
    const figure = await textOf(page, '.figure');
    await page.fill('#hours', '0');
    assert.equal(await textOf(page, '#hours-error'), 'Hours must be above 0.');
    assert.equal(await textOf(page, '.figure'), figure);
    await page.fill('#hours', '120');
    await page.fill('#hardware-0', 'H1000');
    await page.keyboard.press('Tab');
    await page.waitForSelector('#hardware-0-error');
    assert.match(await textOf(page, '#hardware-0-error'), /"H1000" is not known. Nearest: nvidia-h100/);
    await accessible(page);
    await page.click('.errors a');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'hardware-0');
    await page.done();
  });

  it('shows names of anybody as text', async () => {
    const page = await at.open(`/calculator?device=${encodeURIComponent('<img src=x onerror=alert(1)>')}&count=1&hours=1`, { allow: refused });
    await page.waitForSelector('#hardware-0-error');
    assert.match(await textOf(page, '#hardware-0-error'), /<img src=x/);
    assert.equal(await page.locator('main img').count(), 0);
    await page.done();
  });

  it('copies a model card, and puts an estimate beside others', async () => {
    const page = await at.open(job);
    await page.waitForSelector('.figure');
    await page.click('button:has-text("Model card")');
    await page.waitForSelector('button:has-text("Copied")');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^co2_eq_emissions:/);
    await page.click('button:has-text("Add to comparison")');
    assert.match(await textOf(page, '.state'), /Compare 1/);
    await page.done();
  });

  it('has the regions on paper also where nobody scrolled to them', async () => {
    const page = await at.open(job);
    await page.waitForSelector('.figure');
    await until(async () => (await page.locator('.elsewhere [role=slider] path[data-i]').count()) > 100);
    assert.equal(await page.evaluate(() => scrollY), 0);
    assert.match(await textOf(page, '.elsewhere .caption'), /the five lowest of \d+ and others up to the highest/);
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.elsewhere table').isVisible());
    await page.done();
  });

  it('takes a region over from the map by keys', async () => {
    const page = await at.open(job);
    await page.waitForSelector('.figure');
    await page.locator('.elsewhere').scrollIntoViewIfNeeded();
    const map = page.locator('[role=slider]');
    await map.waitFor();
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const spoken = await map.getAttribute('aria-valuetext');
    assert.match(spoken, /between .* g\/kWh/);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.search.includes('aws:eu-west-3'));
    await page.done();
  });

  for (const [name, options] of Object.entries({
    light: { size: wide },
    dark: { size: wide, dark: true },
    'full-hd': { size: full },
    phone: { size: phone },
    'narrow-dark': { size: narrow, dark: true },
  })) {
    it(`is accessible, fits and does not jump: ${name}`, async () => {
      const page = await at.open(job, options);
      await page.waitForSelector('.figure');
      await scrollThrough(page);
      await page.waitForSelector('[role=slider]');
      await scrollThrough(page);
      await accessible(page);
      await fits(page);
      await still(page);
      await shot(page, `calculator-${name}`);
      await page.done();
    });
  }

  it('has one figure, at most 1120 px wide, also on a wide screen', async () => {
    const page = await at.open(job, { size: full });
    await page.waitForSelector('.figure');
    const { width, large } = await page.evaluate(() => ({
      width: document.querySelector('main h1').parentElement.getBoundingClientRect().width,
      large: [...document.querySelectorAll('main *')].filter((each) => parseFloat(getComputedStyle(each).fontSize) > 28 && each.children.length < 2 && each.textContent.trim() !== '').length,
    }));
    assert.ok(width <= 1184, String(width));
    assert.equal(large, 1);
    await page.done();
  });
});
