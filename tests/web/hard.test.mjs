// Data that hurts: markup in names, no region, nothing measured, nothing known, a stop in the middle, a store that is empty.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emissions, hostile, idOf, machine, work } from './data.mjs';
import { accessible, fits, full, narrow, phone, scrollThrough, shot, start, still, textOf, until, wide } from './harness.mjs';

const sizes = Object.entries({ light: { size: wide }, dark: { size: wide, dark: true }, 'full-hd': { size: full }, 'phone-dark': { size: phone, dark: true }, narrow: { size: narrow } });

/** Nothing of a text became an element, and nothing of it ran. */
async function unharmed(page) {
  assert.equal(await page.locator('main b, main i, main img, main script, footer b, header b').count(), 0);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
}

describe('names with markup', () => {
  let at;
  let id;
  let other;
  before(async () => {
    at = await start({
      serve: ['--allow-write'],
      async prepare({ gramme, folder, env }) {
        machine(folder, env);
        const run = (name, ...more) => gramme('run', '--name', name, '--interval', '100ms', '--scope', 'machine', '--csv', 'none', '--region', 'FRA', ...more, '--', ...work(folder, 1));
        await run('plain');
        await run(hostile, '--project', '<b>project</b>', '--tag', 'note=<img src=x onerror="window.pwned=3">');
        const { rows } = JSON.parse((await gramme('runs', 'list', '--json')).stdout);
        [id, other] = [rows.find((row) => row.name === hostile).id, rows.find((row) => row.name === 'plain').id];
      },
    });
  });
  after(() => at.stop());

  it('stand in the list as text, cut, whole in the title', async () => {
    assert.equal(hostile.length, 200);
    const page = await at.open('/runs');
    const link = page.locator(`a[href="/runs/${id}"]`);
    await link.waitFor();
    assert.equal(await link.textContent(), hostile);
    assert.equal(await link.getAttribute('title'), hostile);
    const { width, wanted } = await link.evaluate((each) => ({ width: each.clientWidth, wanted: each.scrollWidth }));
    assert.ok(width < wanted, 'cut to its column');
    await page.selectOption('#project', '<b>project</b>');
    await until(async () => (await page.locator('tbody th.name').count()) === 1);
    await page.fill('#search', '<script>');
    await page.waitForURL(/q=/);
    assert.equal(await link.textContent(), hostile);
    await page.fill('#search', '<b>nothing</b>');
    await page.waitForSelector('.none');
    assert.match(await textOf(page, '.none'), /No run matches "<b>nothing<\/b>"/);
    await unharmed(page);
    await page.done();
  });

  it('head their run, whole, and are its title', async () => {
    const page = await at.open(`/runs/${id}`);
    await page.waitForSelector('#sum .final');
    assert.equal(await page.locator('h1').textContent(), hostile);
    assert.ok((await page.title()).startsWith('<script>window.pwned=1'));
    assert.match(await textOf(page, '.tag'), /^note=<img src=x/);
    await page.click('.tag');
    await page.waitForSelector('tbody th.name');
    assert.equal(await page.locator('tbody th.name').count(), 1, 'the link of the tag finds it');
    await unharmed(page);
    await page.done();
  });

  it('are asked about, and kept where they are not changed', async () => {
    const page = await at.open(`/runs/${id}`);
    await page.click('#change button:has-text("Delete run")');
    assert.equal((await page.locator('dialog[open] h2').textContent()).trim(), `Delete "${hostile}"?`);
    await page.click('text=Keep it');
    await page.click('#change button:has-text("Rename run")');
    assert.equal(await page.inputValue('#new-name'), hostile);
    await unharmed(page);
    await page.done();
  });

  it('stand in a comparison', async () => {
    const page = await at.open(`/compare?runs=${id},${other}`);
    await page.waitForSelector('.verdict:has-text(".")');
    assert.equal(await page.locator('main table .name').first().textContent(), hostile);
    await page.focus('#add-run');
    await page.keyboard.type('window');
    await unharmed(page);
    await page.done();
  });

  it('stand in every report as text', async () => {
    const { body } = await fetch(`${at.address}/api/v1/runs/${id}/report?as=html`).then(async (answer) => ({ body: await answer.text() }));
    assert.ok(!/<script>window|<img src=x|<b>bold/.test(body));
  });

  for (const [name, options] of sizes) {
    it(`do not break a view: ${name}`, async () => {
      const page = await at.open('/runs', options);
      for (const [view, path, ready] of [
        ['runs', '/runs', 'tbody th.name'],
        ['run', `/runs/${id}`, '#power [role=slider]'],
        ['compare', `/compare?runs=${id},${other}`, '.verdict:has-text(".")'],
      ]) {
        await page.goto(at.address + path);
        await page.waitForSelector(ready);
        await scrollThrough(page);
        await accessible(page);
        await fits(page);
        await still(page);
        await shot(page, `hard-name-${view}-${name}`);
      }
      await page.done();
    });
  }
});

describe('runs of which little is known', () => {
  let at;
  const ids = {};
  before(async () => {
    at = await start({
      async prepare({ gramme, folder, env }) {
        await gramme('runs', 'import', emissions(folder, 1));
        const vm = { ...env };
        const run = (name, ...words) => gramme('run', '--name', name, '--interval', '100ms', '--scope', 'machine', '--csv', 'none', ...words);
        machine(folder, env, { nvml: ['gpu * fail all 15'] });
        await run('no region', '--', ...work(folder, 2));
        await run('nothing known', '--region', 'FRA', '--', 'sleep', '2'); // counters that stand still, GPUs that are lost
        Object.assign(env, { GRAMME_SYSROOT: fileURLToPath(new URL('../fixtures/sysfs/vm', import.meta.url)), GRAMME_NVML_LIB: '/nowhere' });
        await run('modelled', '--region', 'FRA', '--', 'sleep', '1');
        for (const row of JSON.parse((await gramme('runs', 'list', '--json')).stdout).rows) {
          ids[row.name] = row.id;
        }
        delete env.GRAMME_SYSROOT;
        Object.assign(env, vm);
      },
    });
  });
  after(() => at.stop());
  async function run(name, options) {
    const page = await at.open(`/runs/${ids[name] ?? name}`, options);
    await page.waitForSelector('#sum button:has-text("Copy as JSON")');
    return page;
  }

  it('says that no region was given, what that costs, and where to set it', async () => {
    const page = await run('no region');
    const notice = await textOf(page, '.notice:has-text("region")');
    assert.match(notice, /No region was given, so this uses the world average/);
    const [low, high] = (await textOf(page, '.headline')).match(/between (\S+) and (\S+) /).slice(1);
    assert.ok(notice.includes(low) && notice.includes(high), `${notice} without ${low} and ${high}`);
    assert.match(await textOf(page, 'header .badges'), /region unknown/);
    assert.equal(await page.getAttribute('.notice a:has-text("Set the region")', 'href'), '#change');
    await page.done();
  });

  it('says beside the sum what is not in it', async () => {
    const page = await run('nothing known');
    assert.equal(await textOf(page, '.figure.unknown'), 'not known', 'counters stood still and GPUs were lost: no sum of 0');
    assert.match(await textOf(page, '.headline'), /not counting \S+ s of gpu0, gpu1/);
    assert.match(await textOf(page, '.headline'), /What could be read stood still; the rest was not read/);
    assert.match(await textOf(page, '.notices'), /gpu0 and gpu1 could not be read for \S+ s/);
    assert.doesNotMatch(await page.locator('main').innerText(), /\b0\s*kg|as given/);
    await page.goto(`${at.address}/runs`);
    await page.waitForSelector('tbody th.name');
    const row = page.locator('tr:has-text("nothing known")');
    assert.match(await row.innerText(), /with gaps/);
    assert.equal((await row.locator('.carbon').innerText()).trim(), 'not known');
    assert.equal(await row.locator('.carbon svg[role=img]').getAttribute('aria-label'), 'what was used then is not known');
    assert.match(await row.locator('.hardware span').getAttribute('title'), /2 × NVIDIA/);
    await page.done();
  });

  it('says where every watt is modelled', async () => {
    const page = await run('modelled');
    assert.match(await textOf(page, '.notices'), /Nothing here could be read; every watt is modelled/);
    assert.match(await textOf(page, 'header .badges'), /modelled/);
    assert.match(await textOf(page, '#power'), /not read from a meter but worked out/);
    await page.done();
  });

  it('says what another program measured, and that its power is assumed', async () => {
    const page = await run(idOf(1));
    assert.match(await textOf(page, '.notices'), /Measured by CodeCarbon 3\.2\.1, and imported\. From .*, line 2/);
    assert.match(await textOf(page, '#power'), /CPU, assumed/);
    assert.match(await textOf(page, '#power'), /100 % of what is seen is not read from a meter but worked out/);
    await page.done();
  });

  for (const [name, options] of sizes) {
    it(`fits: ${name}`, async () => {
      for (const each of ['no region', 'nothing known', 'modelled', idOf(1)]) {
        const page = await run(each, options);
        await scrollThrough(page);
        await accessible(page);
        await fits(page);
        await still(page);
        await shot(page, `hard-${each.replace(' ', '-')}-${name}`);
        await page.done();
      }
    });
  }
});

it('says that gramme was stopped before the run ended; what is not known is never zero', async () => {
  const at = await start();
  const { child, ended } = at.beside('run', '--name', 'cut off', '--interval', '100ms', '--region', 'FRA', '--', 'sleep', '4');
  let id;
  await until(async () => (id = (await (await fetch(`${at.address}/api/v1/live`)).json()).runs[0]?.id) !== undefined, 30_000);
  child.kill('SIGKILL');
  await ended;
  // The server waits a while before it takes a silent journal for one that was cut off.
  await until(async () => (await (await fetch(`${at.address}/api/v1/runs`)).json()).rows[0]?.state === 'interrupted', 30_000);
  const page = await at.open('/runs');
  await page.waitForSelector('tr:has-text("cut off"):has-text("interrupted")');
  const { operational_kgco2e: carbon } = (await (await fetch(`${at.address}/api/v1/runs`)).json()).rows[0];
  if (carbon === null) {
    assert.equal(await textOf(page, 'td.carbon'), 'not known');
  }
  await page.click('a:has-text("cut off")');
  await page.waitForSelector('.notice:has-text("gramme was stopped before the run ended.")');
  assert.equal(/not known/i.test(await textOf(page, '.headline .figure')), carbon === null);
  await accessible(page);
  await page.done();
  await at.stop();
});

describe('empty store', () => {
  let at;
  before(async () => {
    at = await start();
  });
  after(() => at.stop());

  it('teaches what fills it', async () => {
    const page = await at.open('/');
    await page.waitForSelector('text=No runs here yet.');
    assert.match(await textOf(page, '.empty'), /Put gramme run -- in front of a training command/);
    await page.waitForSelector('.empty:has-text("Reading ")'); // what store it is comes with the next answer
    assert.match(await textOf(page, '.empty'), /Reading sqlite:.*runs\.db; another store: gramme serve --store/);
    await page.click('.empty button:has-text("Copy")');
    await page.waitForSelector('.empty button:has-text("Copied")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'gramme run -- python train.py');
    await page.click('.empty a:has-text("Estimate a job")');
    await page.waitForSelector('.figure');
    await page.done();
  });

  for (const [name, options] of sizes) {
    it(`fits: ${name}`, async () => {
      const page = await at.open('/runs', options);
      await page.waitForSelector('text=No runs here yet.');
      await accessible(page);
      await fits(page);
      await still(page);
      await shot(page, `empty-${name}`);
      await page.done();
    });
  }
});

describe('names that turn the direction of writing', () => {
  const name = 'a\u202egnp.exe';
  const project = 'p\u2067q';
  let at;
  let id;
  before(async () => {
    at = await start({
      async prepare({ gramme, folder, env }) {
        machine(folder, env);
        await gramme('run', '--name', name, '--project', project, '--tag', 'k=\u202ev', '--interval', '100ms', '--scope', 'machine', '--csv', 'none', '--region', 'FRA', '--', ...work(folder, 1));
        id = JSON.parse((await gramme('runs', 'list', '--json')).stdout).rows[0].id;
      },
    });
  });
  after(() => at.stop());

  it('show a sign in its place, and are asked for as they are stored', async () => {
    const page = await at.open('/runs');
    const link = page.locator(`a[href="/runs/${id}"]`);
    await link.waitFor();
    assert.equal(await link.textContent(), 'a\ufffdgnp.exe');
    await page.selectOption('#project', project);
    await page.waitForURL(/project=/);
    await until(async () => (await link.count()) === 1);
    assert.equal(await page.title(), 'Runs of p\ufffdq · gramme');
    await link.click();
    await page.waitForSelector('#sum .final');
    assert.equal(await page.locator('h1').textContent(), 'a\ufffdgnp.exe');
    assert.equal(await textOf(page, '.tag'), 'k=\ufffdv');
    const turned = await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.title + document.body.innerText));
    assert.equal(turned, false);
    await page.done();
  });
});
