// The served page works with the network off after its first load, as one checked set of files.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILDS, DIST, open, visit } from '../browser.mjs';

const WORKING = { serviceWorkers: 'allow' };
const standing = (page) => page.evaluate(() => navigator.serviceWorker.ready.then((it) => new Promise((done) => {
  const wait = () => (it.active?.state === 'activated' && navigator.serviceWorker.controller ? done(true) : setTimeout(wait, 20));
  wait();
})));

test('after the first load the page opens with the network off and the server gone', async () => {
  await visit(WORKING, async ({ page, context, address, server, asked }) => {
    await open(page, address);
    await standing(page);
    await server.close();
    await context.setOffline(true);
    const before = asked.length;
    await open(page, address, '?workers=2');
    assert.ok(page.workers().length >= 1, 'workers start offline');
    assert.equal(asked.length, before);
  });
});

test('a file of another build is refused, and the set that worked stays', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'watertight-'));
  try {
    cpSync(DIST, dist, { recursive: true });
    await visit({ ...WORKING, dist, errorsExpected: true }, async ({ page, context, address }) => {
      await open(page, address);
      await standing(page);
      const old = await page.evaluate(() => caches.keys());
      // Half a deployment: a new list of files, while one of the files is still (or already) another.
      const worker = readFileSync(join(dist, 'sw.js'), 'utf8').replace(/BUILD = '.*'/, "BUILD = 'next'");
      writeFileSync(join(dist, 'sw.js'), worker);
      writeFileSync(join(dist, 'boot.js'), 'document.title = "mixed"');
      await page.evaluate(() => navigator.serviceWorker.ready.then((it) => it.update()).catch(() => {}));
      await page.waitForTimeout(500);
      assert.deepEqual(await page.evaluate(() => caches.keys()), old);
      await context.setOffline(true);
      await open(page, address);
      assert.notEqual(await page.title(), 'mixed');
    });
  } finally {
    rmSync(dist, { recursive: true });
  }
});

for (const [name, options] of BUILDS) {
  test(`${name}: page and workers are of one build, named by the wasm's fingerprint`, async () => {
    await visit(options, async ({ page, address }) => {
      await open(page, address, '?workers=2');
      const build = await page.evaluate(() => { const { wasm, build } = [...document.scripts].map((script) => script.dataset).find((data) => data.wasm ?? data.build); return wasm ?? build; });
      assert.match(build, /-[0-9a-f]{8,}_bg\.wasm$/);
      await page.waitForTimeout(500);
      const found = await Promise.all(page.workers().map((worker) => worker.evaluate(() => globalThis.build)));
      assert.deepEqual(found, [build, build, build]);
    });
  });
}
