// Runs side by side: a verdict that holds, what differs, whether it is fair.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { emissions, idOf, machine, work } from './data.mjs';
import { accessible, fits, full, narrow, phone, scrollThrough, shot, start, still, textOf, until, wide } from './harness.mjs';

describe('compare', () => {
  let at;
  const ids = {};
  before(async () => {
    at = await start({
      async prepare({ gramme, folder, env }) {
        await gramme('runs', 'import', emissions(folder, 60));
        machine(folder, env);
        const run = (name, seconds, ...more) => gramme('run', '--name', name, '--scope', 'machine', '--interval', '100ms', '--csv', 'none', ...more, '--', ...work(folder, seconds));
        await run('clean grid', 2, '--intensity', '20', '--pue', '1.1', '--tag', 'lr=0.1');
        await run('dirty grid', 2, '--intensity', '800', '--pue', '1.1', '--tag', 'lr=0.2');
        await run('dirty again', 2, '--pue', '1.1'); // the world's average: a wide range
        const { rows } = JSON.parse((await gramme('runs', 'list', '--json')).stdout);
        for (const row of rows) {
          ids[row.name] = row.id;
        }
      },
    });
  });
  after(() => at.stop());
  async function compared(runs, options, more = '') {
    const page = await at.open(`/compare?runs=${runs.join()}${more}`, options);
    await page.waitForSelector('.verdict:has-text(".")');
    return page;
  }
  const rowsOf = (page) => page.locator('main table tbody tr').evaluateAll((all) => Object.fromEntries(all.map((row) => [row.querySelector('th').textContent, { cells: [...row.querySelectorAll('td')].map((cell) => cell.textContent.replace(/\u00a0/g, ' ')), heavy: row.classList.contains('differs') }])));

  it('says which made more where the ranges are apart', async () => {
    const page = await compared([ids['clean grid'], ids['dirty grid']]);
    const verdict = await textOf(page, '.verdict');
    assert.match(verdict, /^The second made about \d+ times as much as the first\.$/);
    const [times] = verdict.match(/\d+/);
    assert.ok(times > 30 && times < 50, verdict); // 800 to 20, and the two took about the same time
    await page.click('button:has-text("Turn round")');
    await until(async () => (await textOf(page, '.verdict')).startsWith('The first made about'));
    assert.match(page.url(), new RegExp(`runs=${ids['dirty grid']},${ids['clean grid']}`));
    await page.done();
  });

  it('never ranks two whose ranges overlap', async () => {
    const page = await compared([ids['dirty grid'], ids['dirty again']]);
    assert.equal(await textOf(page, '.verdict'), 'The two cannot be told apart: their ranges overlap.');
    await page.done();
  });

  it('shows what differs, alone if asked; the address keeps it', async () => {
    const page = await compared([ids['clean grid'], ids['dirty grid']]);
    const rows = await rowsOf(page);
    assert.deepEqual(rows['× grid'], { cells: ['20 g/kWh', '800 g/kWh'], heavy: true });
    assert.deepEqual(rows.Tags, { cells: ['lr=0.1', 'lr=0.2'], heavy: true });
    assert.deepEqual(rows['× PUE'], { cells: ['1.1', '1.1'], heavy: false });
    await page.check('text=differences only');
    await page.waitForURL(/differences=1/);
    const left = await rowsOf(page);
    assert.ok('× grid' in left && !('× PUE' in left));
    await page.reload();
    await page.waitForSelector('.verdict:has-text(".")');
    assert.ok(!('× PUE' in (await rowsOf(page))));
    await page.done();
  });

  it('draws the power of each on one scale', async () => {
    const page = await compared([ids['clean grid'], ids['dirty grid']]);
    await page.waitForSelector('main figure svg, main figure canvas');
    assert.match(await textOf(page, 'figure'), /Watts of the computers, 0 to \S+ W; time from each start/);
    assert.match(await textOf(page, 'figure'), /up to 5\d\d W/); // two GPUs of 200 W, packages of 90 and 70, memory
    await page.done();
  });

  it('adds a run that is found by keys, takes one out, and asks for two', async () => {
    const page = await compared([ids['clean grid'], ids['dirty grid']]);
    await page.focus('#add-run');
    await page.keyboard.type('again');
    await page.waitForSelector('#add-run-0:has-text("dirty again")');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until(async () => (await textOf(page, 'h1')) === 'Compare 3 runs');
    assert.match(page.url(), new RegExp(ids['dirty again']));
    await page.click('button:has-text("Take out clean grid")');
    await until(async () => (await textOf(page, 'h1')) === 'Compare 2 runs');
    await page.click('button:has-text("Take out dirty grid")');
    await page.waitForSelector('text=One more is needed.');
    await page.click('button:has-text("Take out dirty again")');
    await page.waitForSelector('text=Choose two runs in the list.');
    await accessible(page);
    await page.done();
  });

  it('compares with an estimate, and copies the table', async () => {
    const page = await at.open(`/compare?runs=${ids['dirty grid']}&estimate=${encodeURIComponent('device=nvidia-h100-sxm5-80gb&count=8&hours=120&region=FRA')}`);
    await page.waitForSelector('.verdict:has-text("times as much")');
    assert.equal(await textOf(page, 'h1'), 'Compare 2 results');
    await page.click('button:has-text("Copy table")');
    await page.waitForSelector('button:has-text("Copied")');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(copied.includes('dirty grid') && copied.includes('H100'), copied);
    await page.done();
  });

  it('says what is not fair about it', async () => {
    const page = await compared([ids['dirty grid'], idOf(60)]);
    await page.waitForSelector('h2:has-text("Is it fair?")');
    await page.done();
  });

  it('shows those that are there where one is not', async () => {
    const page = await at.open(`/compare?runs=${ids['dirty grid']},01a21780-0000-7000-8000-000000000000`, { allow: [/status of 404/] });
    await page.waitForSelector('[role=alert]');
    assert.match(await textOf(page, '[role=alert]'), /No run with this id in this store/);
    assert.match(await textOf(page, 'td.carbon'), /CO₂e|mg|g/);
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
      const page = await compared([ids['clean grid'], ids['dirty grid'], idOf(60)], options);
      await page.waitForSelector('main figure svg, main figure canvas');
      await scrollThrough(page);
      await accessible(page);
      await fits(page);
      await still(page);
      await shot(page, `compare-${name}`);
      await page.done();
    });
  }
});
