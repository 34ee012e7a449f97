// The page on paper, with colours of the system, and under a finger.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { machine, work } from './data.mjs';
import { accessible, fits, phone, scrollThrough, shot, start, textOf, until, wide } from './harness.mjs';

const job = '/calculator?device=h100-sxm5-80gb&count=8&hours=120&region=aws:eu-west-3';

describe('media', () => {
  let at;
  let id;
  before(async () => {
    at = await start({
      serve: ['--allow-write'],
      async prepare({ gramme, folder, env }) {
        machine(folder, env, { nvml: ['gpu 1 fail all 15 from 3'] });
        await gramme('run', '--scope', 'machine', '--interval', '100ms', '--region', 'FRA', '--name', 'printed', '--tag', 'team=nlp', '--', ...work(folder, 4));
        id = JSON.parse((await gramme('runs', 'list', '--json')).stdout).rows[0].id;
        await gramme('runs', 'recost', id, '--region', 'DEU');
      },
    });
  });
  after(() => at.stop());
  async function run(options) {
    const page = await at.open(`/runs/${id}`, options);
    await page.waitForSelector('#power [role=slider]');
    await page.waitForSelector('#sum .final');
    await scrollThrough(page);
    await page.waitForSelector('#elsewhere td.bar rect');
    return page;
  }

  it('prints light, whole and without controls', async () => {
    const page = await run({ dark: true });
    // As wide as A4 within its margins.
    await page.setViewportSize({ width: 673, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const seen = await page.evaluate(() => ({
      ground: getComputedStyle(document.documentElement).getPropertyValue('--page').trim(),
      bar: document.querySelector('header.noprint').checkVisibility(),
      controls: [...document.querySelectorAll('main button')].filter((each) => each.checkVisibility() && !each.closest('td, th')).map((each) => each.textContent.trim()),
      folded: document.querySelectorAll('main details:not([open])').length,
      canvas: document.querySelector('#power canvas').getBoundingClientRect().right,
      small: [...document.querySelectorAll('#power details svg')].every((each) => each.getBoundingClientRect().width > 100),
      figure: parseFloat(getComputedStyle(document.querySelector('.figure .figure, span.figure')).fontSize),
      sources: document.querySelectorAll('#sum details table tbody tr').length,
    }));
    assert.equal(seen.ground, '#f5f6f6', 'tokens of the light theme');
    assert.equal(seen.bar, false);
    assert.deepEqual(seen.controls, []);
    assert.equal(seen.folded, 0, 'what is folded is unfolded');
    assert.ok(seen.canvas <= 674, `the curve ends at ${seen.canvas}`);
    assert.ok(seen.small, 'curves by device');
    assert.ok(seen.sources > 2, 'each source is named');
    await fits(page);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.ok((await page.locator('main details:not([open])').count()) > 0, 'folded again');
    await page.done();
  });

  it('makes a PDF of a run and of an estimate', async () => {
    for (const [name, path] of [['run', `/runs/${id}`], ['calculator', job]]) {
      const page = await at.open(path);
      await page.waitForSelector('.figure');
      await scrollThrough(page);
      const file = join(process.env.GRAMME_SHOTS ?? at.folder, `print-${name}.pdf`);
      await page.pdf({ path: file, format: 'A4' });
      assert.ok(statSync(file).size > 20_000);
      await page.done();
    }
  });

  it('keeps what a recosted run said before, struck through', async () => {
    const page = await run();
    assert.match(await textOf(page, '#sum del'), /^\d\S* m?g CO₂e, between /);
    assert.match(await textOf(page, '#sum li:has(del)'), /g\/kWh France \d{4} lifecycle, PUE [\d.]+; computed today, \d\d:\d\d, replaced today, \d\d:\d\d/);
    await page.done();
  });

  for (const dark of [false, true]) {
    it(`is readable with colours of the system, ${dark ? 'dark' : 'light'}; its tables are open`, async () => {
      const page = await at.open('/', { dark });
      await page.emulateMedia({ forcedColors: 'active', colorScheme: dark ? 'dark' : 'light' });
      for (const [name, path] of [['run', `/runs/${id}`], ['calculator', job], ['runs', '/runs']]) {
        await page.goto(at.address + path);
        await page.waitForSelector('.figure, tbody th.name');
        await scrollThrough(page);
        if (name === 'run') {
          await page.waitForSelector('#power details[open] table');
          const { ink, ground } = await page.evaluate(() => {
            const whisker = getComputedStyle(document.querySelector('.whisker'));
            return { ink: whisker.stroke, ground: getComputedStyle(document.body).backgroundColor };
          });
          assert.notEqual(ink, ground, 'a mark is seen on the ground of the system');
        }
        await accessible(page);
        await shot(page, `forced-${name}-${dark ? 'dark' : 'light'}`);
      }
      await page.done();
    });
  }

  /** What can be hit, but links within a sentence, with the room that a finger has around its middle. */
  const tight = (page) =>
    page.evaluate(() => {
      const wanted = 40;
      const inSentence = (each) => each.matches('a, button.link') && [...each.parentElement.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
      const out = [];
      for (const each of document.querySelectorAll('a[href], button, input, select, summary')) {
        if (!each.checkVisibility() || each.closest('.unseen, .skip') || each.classList.contains('skip') || each.disabled || inSentence(each)) {
          continue;
        }
        each.scrollIntoView({ block: 'center' });
        const box = each.getBoundingClientRect();
        const hits = (x, y) => {
          const found = document.elementFromPoint(x, y);
          return found !== null && (each.contains(found) || found.closest('label')?.control === each || found.closest('label')?.contains(each));
        };
        const [x, y] = [box.left + Math.min(box.width / 2, 30), box.top + box.height / 2];
        let room = 0;
        for (let d = 0; d < wanted && hits(x, y - d); ++d) {
          ++room;
        }
        for (let d = 1; d < wanted && hits(x, y + d); ++d) {
          ++room;
        }
        if (room < wanted - 1) {
          out.push(`${room} px: ${each.outerHTML.slice(0, 90)}`);
        }
      }
      return out;
    });

  it('has room for a finger', async () => {
    for (const path of ['/runs', `/runs/${id}`, job, '/regions', '/method/sources?q=ember', `/compare?runs=${id}`]) {
      const page = await at.open(path, { size: phone, touch: true });
      await page.waitForSelector('h1');
      await until(async () => (await page.locator('main table, main .figure').count()) > 0);
      await scrollThrough(page);
      assert.deepEqual(await tight(page), [], path);
      await page.done();
    }
  });

  it('keeps a place of the map under a finger, and lets it go', async () => {
    const page = await at.open('/regions?kwh=127', { size: phone, touch: true });
    const map = page.locator('[role=slider]');
    await map.waitFor();
    await map.scrollIntoViewIfNeeded();
    const { width, height } = await map.boundingBox();
    await map.tap({ position: { x: width * 0.25, y: height * 0.25 } });
    await page.waitForSelector('.spoken.pinned');
    assert.match(await textOf(page, '.spoken'), /between .* g\/kWh/);
    await page.tap('.spoken button:has-text("Let go")');
    await until(async () => (await page.locator('.spoken.pinned').count()) === 0);
    await page.done();
  });

  it('keeps a place that was clicked while the pointer goes on; Escape lets it go', async () => {
    const page = await at.open('/regions?kwh=127', { size: wide });
    const map = page.locator('[role=slider]');
    await map.waitFor();
    await map.scrollIntoViewIfNeeded();
    const { width, height } = await map.boundingBox();
    await map.click({ position: { x: width * 0.25, y: height * 0.25 } });
    await page.waitForSelector('.spoken.pinned');
    const words = await textOf(page, '.spoken > span');
    await map.hover({ position: { x: width * 0.76, y: height * 0.3 } });
    assert.equal(await textOf(page, '.spoken > span'), words);
    await map.press('Escape');
    await until(async () => (await page.locator('.spoken.pinned').count()) === 0);
    // The bars are one stop: Up and Down move, and the map follows.
    const first = page.locator('td.bar').first().locator('xpath=..').locator('button');
    assert.equal(await page.locator('tbody button[tabindex="0"]').count(), 1);
    await page.locator('tbody button[tabindex="0"]').focus();
    await page.keyboard.press('Home');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), await first.textContent());
    await page.keyboard.press('ArrowDown');
    const name = await page.evaluate(() => document.activeElement.textContent);
    assert.notEqual(name, await first.textContent());
    assert.ok((await textOf(page, '.spoken')).startsWith(name));
    await page.done();
  });
});
