// The list of runs: what is found, in which order, what it sums to, and what leads from there to a comparison.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { emissions, idOf, monthBefore } from './data.mjs';
import { accessible, fits, full, narrow, phone, scrollThrough, shot, start, still, textOf, until, wide } from './harness.mjs';

/** Name of a month as the page writes it. */
const spoken = (month) => new Date(`${month}-15T12:00:00Z`).toLocaleDateString('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }).replace('Sept', 'Sep');
const texts = (page, selector) => page.locator(selector).evaluateAll((all) => all.map((each) => each.textContent.replace(/[\u00a0\u202f]/g, ' ').trim()));
/** Ids of the rows that are seen, first to last. */
const ids = (page) => page.locator('tbody th.name a').evaluateAll((all) => all.map((each) => each.getAttribute('href').replace('/runs/', '')));

describe('runs', () => {
  let at;
  let own; // a run that was measured here, this month
  before(async () => {
    at = await start({
      async prepare({ gramme, folder }) {
        await gramme('runs', 'import', emissions(folder, 60));
        await gramme('run', '--name', 'measured here', '--project', 'bert', '--tag', 'team=nlp', '--region', 'FRA', '--csv', 'none', '--', 'sleep', '0.2');
        own = JSON.parse((await gramme('runs', 'list', '--json')).stdout).rows.find((row) => row.name === 'measured here').id;
      },
    });
  });
  after(() => at.stop());
  async function list(path = '/runs', options) {
    const page = await at.open(path, options);
    await page.waitForSelector('tbody th.name');
    return page;
  }

  it('shows fifty, then the rest, the newest first', async () => {
    const page = await list();
    assert.equal(await page.locator('tbody th.name').count(), 50);
    assert.equal((await ids(page))[0], own);
    assert.match(await textOf(page, '.foot'), /^1 – 50 of 61/);
    const times = await page.locator('tbody time').evaluateAll((all) => all.map((each) => each.getAttribute('datetime')));
    assert.deepEqual(times, [...times].sort().reverse());
    await page.click('text=Next 11');
    await until(async () => (await textOf(page, '.foot')).startsWith('51 – 61 of 61'));
    assert.equal(await page.locator('tbody th.name').count(), 11);
    await page.goBack();
    await until(async () => (await page.locator('tbody th.name').count()) === 50);
    await page.goto(`${at.address}/runs?page=99`);
    await page.waitForSelector('.none');
    assert.match(await textOf(page, '.none'), /There is no page 99\. To the last, page 2/);
    await page.click('.none a');
    await page.waitForURL(/page=2/);
    await page.done();
  });

  it('sorts all runs, not only those that are seen', async () => {
    const page = await list();
    await page.click('thead button:has-text("CO₂e")');
    await until(async () => (await ids(page))[0] === idOf(60));
    assert.match(page.url(), /sort=-carbon/);
    assert.equal(await page.getAttribute('thead th:has-text("CO₂e")', 'aria-sort'), 'descending');
    await page.click('thead button:has-text("CO₂e")');
    await until(async () => (await ids(page))[1] === idOf(1)); // the first is that of 0.2 s
    assert.equal(await page.getAttribute('thead th:has-text("CO₂e")', 'aria-sort'), 'ascending');
    await page.done();
  });

  it('finds by text, project, tag and time; the address keeps it', async () => {
    const page = await list();
    await page.fill('#search', 'measured h');
    await until(async () => (await page.locator('tbody th.name').count()) === 1);
    assert.match(page.url(), /q=measured/);
    assert.deepEqual(await ids(page), [own]);
    await page.fill('#search', '');
    await page.selectOption('#project', 'vision');
    await until(async () => (await textOf(page, '.foot')).startsWith('1 – 20 of 20'));
    assert.deepEqual([...new Set(await texts(page, 'tbody td.project'))], ['vision']);
    await page.reload();
    await page.waitForSelector('tbody th.name');
    assert.equal(await page.inputValue('#project'), 'vision');
    assert.match(await textOf(page, '.foot'), /of 20/);
    await page.goto(`${at.address}/runs?from=${monthBefore(2)}`);
    await until(async () => (await page.locator('.foot').count()) > 0);
    assert.match(await textOf(page, '.foot'), /of 20/);
    assert.match(await textOf(page, '.total'), new RegExp(`in ${spoken(monthBefore(2))} .* in 20 runs`));
    await page.goto(`${at.address}/runs?tag=team%3Dnlp`);
    await page.waitForSelector('tbody th.name');
    assert.deepEqual(await ids(page), [own]);
    assert.equal(await page.inputValue('#tag'), 'team=nlp');
    await page.fill('#tag', '');
    await until(async () => (await page.locator('tbody th.name').count()) === 50);
    await page.done();
  });

  it('finds by a tag that is typed, with or without its value', async () => {
    const page = await list();
    for (const typed of ['team = nlp', 'team']) {
      await page.fill('#tag', typed);
      await until(async () => (await page.locator('tbody th.name').count()) === 1);
      assert.deepEqual(await ids(page), [own]);
    }
    await page.waitForURL(/tag=team$/);
    await page.fill('#tag', 'team=vision');
    await page.waitForSelector('.none');
    await page.done();
  });

  it('names the hardware', async () => {
    const page = await list('/runs?project=vision');
    assert.deepEqual([...new Set(await texts(page, 'td.hardware'))], ['EPYC 7742']);
    assert.equal(await page.getAttribute('td.hardware span', 'title'), 'AMD EPYC 7742');
    await page.done();
  });

  it('says that nothing matches, and leads back', async () => {
    const page = await at.open('/runs?q=no+such+run');
    await page.waitForSelector('.none');
    assert.match(await textOf(page, '.none'), /No run matches "no such run"/);
    await page.click('text=Clear search');
    await page.waitForSelector('tbody th.name');
    await page.done();
  });

  it('adds up months and projects as the program does', async () => {
    const page = await list();
    assert.match(await textOf(page, '.total'), /this month \(.*19 times in 20\) in 1 run$/);
    await page.click('summary:has-text("Months and projects")');
    const totals = await (await fetch(`${at.address}/api/v1/totals`)).json();
    const [months, projects] = [page.locator('details table').nth(0), page.locator('details table').nth(1)];
    const rows = (table) => table.locator('tbody tr').evaluateAll((all) => all.map((row) => [row.querySelector('th').textContent.trim(), row.querySelector('.runs').textContent.trim()]));
    assert.deepEqual(new Map(await rows(months)), new Map(totals.months.map((each) => [spoken(each.month), String(each.runs)])));
    assert.deepEqual(new Map(await rows(projects)), new Map([['bert', '21'], ['vision', '20'], ['speech', '20']]));
    await months.locator('a', { hasText: spoken(monthBefore(1)) }).click();
    await page.waitForURL(new RegExp(`from=${monthBefore(1)}`));
    await until(async () => /of 20/.test(await textOf(page, '.foot')));
    await page.done();
  });

  it('saves what is seen as a file, digits as they are', async () => {
    const page = await list('/runs?project=speech');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=these as CSV')]);
    assert.equal(download.suggestedFilename(), 'runs.csv');
    const lines = readFileSync(await download.path(), 'utf8').trim().split('\n');
    assert.match(lines[0], /^id,name,project,started_at,duration_s,energy_kwh,kgco2e,/);
    assert.equal(lines.length, 21);
    assert.ok(lines.slice(1).every((line) => line.split(',')[2] === 'speech'));
    await page.done();
  });

  it('opens a comparison of two that were chosen', async () => {
    const page = await list();
    await page.check(`tr:has(a[href="/runs/${own}"]) input`);
    assert.match(await textOf(page, '.picked'), /1 chosen; choose another to compare/);
    await page.locator('tbody input').nth(1).check();
    assert.match(await textOf(page, '.state'), /Compare 2/);
    await page.click('.picked a:has-text("Compare 2 chosen")');
    await page.waitForSelector('.verdict:has-text(".")');
    assert.match(page.url(), new RegExp(`/compare\\?runs=${own},`));
    await page.done();
  });

  it('is used by keys alone: skip link, order of reading, choice, order of rows', async () => {
    const page = await list();
    await page.keyboard.press('Tab');
    assert.equal(await textOf(page, ':focus'), 'Skip to the content');
    await page.keyboard.press('Enter');
    const seen = [];
    for (let i = 0; i < 13; ++i) {
      await page.keyboard.press('Tab');
      seen.push(await page.evaluate(() => {
        const now = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(now);
        return [now.id || now.textContent.trim().slice(0, 20) || now.type, outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2];
      }));
    }
    assert.deepEqual(seen.slice(0, 3).map(([name]) => name), ['search', 'tag', 'project']);
    assert.deepEqual(seen.filter(([, ring]) => !ring), [], 'each shows where the focus is');
    assert.deepEqual(seen.slice(4, 10).map(([name]) => name.replace(/[↑↓]/, '')), ['Run', 'Project', 'Started', 'Took', 'Energy', 'CO₂e']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate(() => document.activeElement.type), 'checkbox');
    await page.keyboard.press('Space');
    assert.match(await textOf(page, '.picked'), /1 chosen/);
    await page.focus('thead button:has-text("Took")');
    await page.keyboard.press('Enter');
    await until(async () => (await ids(page))[0] === idOf(60));
    assert.equal(await page.evaluate(() => document.activeElement.textContent.replace(/[↑↓]/, '')), 'Took', 'the focus stays');
    await page.focus('tbody th.name a');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.figure');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
    await page.done();
  });

  for (const [name, options] of Object.entries({
    light: { size: wide },
    dark: { size: wide, dark: true },
    'full-hd': { size: full },
    phone: { size: phone, dark: true },
    narrow: { size: narrow },
  })) {
    it(`is accessible, fits and does not jump: ${name}`, async () => {
      const page = await list('/runs', options);
      await page.click('summary:has-text("Months and projects")');
      await page.waitForSelector('details table');
      await scrollThrough(page);
      await accessible(page);
      await fits(page);
      await still(page);
      await shot(page, `runs-${name}`);
      await page.done();
    });
  }
});
