// Drives the page of the real program: each file starts a server with a store of its own and a browser.
//   GRAMME        the program                     GRAMME_CHROMIUM  the browser (Debian's: /usr/bin/chromium)
//   GRAMME_SHOTS  where screenshots are kept (else a folder that is thrown away)
//   GRAMME_PAGE   a folder as web/dist, shown in place of the page in the program: while one works on the page
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const program = process.env.GRAMME;
assert.ok(program, 'GRAMME says which program is tested');

export const wide = { width: 1440, height: 900 };
export const full = { width: 1920, height: 1080 };
export const phone = { width: 390, height: 844 };
export const narrow = { width: 360, height: 780 };

/** A folder, a store in it, the server that reads it. `prepare` fills the store through `gramme(...)`. */
export async function start({ serve = [], prepare } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gramme-page-'));
  const env = { ...process.env, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') };
  for (const name of ['GRAMME_STORE', 'GRAMME_REGION', 'GRAMME_PROJECT', 'GRAMME_CONFIG', 'GRAMME_DATA']) {
    delete env[name];
  }
  const gramme = (...args) => promisify(execFile)(program, args, { env, cwd: folder });
  await prepare?.({ gramme, folder, env });
  let server;
  let ended;
  const startServer = async (listen) => {
    server = spawn(program, ['serve', '--listen', listen, ...serve], { env, cwd: folder });
    ended = new Promise((resolve) => server.once('exit', resolve));
    let said = '';
    server.stderr.on('data', (text) => (said += text));
    return await new Promise((resolve, reject) => {
      createInterface(server.stdout).once('line', (line) => resolve(line.trim().replace(/\/$/, '')));
      ended.then(() => reject(new Error(`gramme serve ended: ${said}`)));
    });
  };
  const address = await startServer('127.0.0.1:0');
  const browser = await chromium.launch({
    executablePath: process.env.GRAMME_CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
  const stopServer = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  return {
    address,
    folder,
    env,
    gramme,
    stopServer,
    /** On the port that it had. */
    startAgain: () => startServer(new URL(address).host),
    /** A gramme that works beside the test; `ended` is its exit status. */
    beside(...args) {
      const child = spawn(program, args, { env, cwd: folder, stdio: 'ignore' });
      return { child, ended: new Promise((resolve) => child.once('exit', resolve)) };
    },
    open: (path, options) => open(browser, address, path, options),
    async stop() {
      await browser.close();
      await stopServer();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page at `path`. What it throws, and what the browser refuses of it, fails the test in `done()`. */
async function open(browser, address, path, { size = wide, dark = false, reduced = false, touch = false, allow = [] } = {}) {
  const context = await browser.newContext({
    viewport: size,
    hasTouch: touch,
    isMobile: touch,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: reduced ? 'reduce' : 'no-preference',
    bypassCSP: false,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !allow.some((pattern) => pattern.test(message.text()))) {
      faults.push(message.text());
    }
  });
  page.on('dialog', (dialog) => {
    faults.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) {
      faults.push(`asked elsewhere: ${request.url()}`);
    }
  });
  if (process.env.GRAMME_PAGE) {
    await context.route(
      (url) => !url.pathname.startsWith('/api/'),
      async (route) => {
        const file = join(process.env.GRAMME_PAGE, new URL(route.request().url()).pathname);
        const asset = /\.\w+$/.test(file);
        const { 'content-security-policy': policy } = asset ? {} : (await route.fetch()).headers();
        const path = asset ? file : join(process.env.GRAMME_PAGE, 'index.html');
        await (existsSync(path) ? route.fulfill({ path, headers: policy ? { 'content-security-policy': policy, 'content-type': 'text/html' } : undefined }) : route.continue());
      },
    );
  }
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        window.shift += entry.hadRecentInput ? 0 : entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(address + path);
  return Object.assign(page, {
    faults,
    async done() {
      assert.deepEqual(faults, []);
      await context.close();
    },
  });
}

/** axe-core finds nothing; it runs in a world of its own, past the policy that refuses scripts. */
export async function accessible(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
    assert.equal(exceptionDetails, undefined);
    return result.value;
  };
  await run(axe + ';0');
  const found = await run(
    `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', ')))`,
  );
  await session.detach();
  assert.deepEqual(found, []);
}

/** Nothing reaches past the right edge but in a place that is marked to scroll; no text below 12 px. */
export async function fits(page) {
  const { wider, small } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const seen = [...document.querySelectorAll('body *')].filter((each) => each.checkVisibility?.() ?? true);
    const past = seen.filter((each) => each.getBoundingClientRect().right > width + 1 && !each.closest('.scroll-x, .unseen, .skip'));
    const texts = seen.filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''));
    return {
      wider: [...(document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : []), ...past.map((each) => each.outerHTML.slice(0, 120))].slice(0, 5),
      small: texts.filter((each) => parseFloat(getComputedStyle(each).fontSize) < 12).map((each) => each.outerHTML.slice(0, 120)),
    };
  });
  assert.deepEqual(wider, []);
  assert.deepEqual(small, []);
}

/** Layout shift so far, as browsers count it; at most the 0.1 that is called good. */
export async function still(page) {
  assert.ok((await page.evaluate(() => window.shift)) <= 0.1);
}

/** Slowly to the end and back, so that what waits until it is near is drawn. */
export async function scrollThrough(page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 400) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  });
}

export async function shot(page, name) {
  const folder = process.env.GRAMME_SHOTS;
  if (folder) {
    mkdirSync(folder, { recursive: true });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }
}

/** Asks again and again until it is so; the page's own policy refuses the browser's way of waiting for an expression. */
export async function until(so, patience = 15_000) {
  const end = Date.now() + patience;
  while (!(await so())) {
    assert.ok(Date.now() < end, `waited in vain: ${so}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The text of an element, with plain spaces. */
export async function textOf(page, selector) {
  return (await page.locator(selector).first().innerText()).replace(/[\u00a0\u202f]/g, ' ').trim();
}
