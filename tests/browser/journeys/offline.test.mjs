// The served page works with the network off after its first load, as one checked set of files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILDS, DIST, idle, inFolder, open, openSample, PACK, verdict, visit } from '../browser.mjs';

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

/** Makes the build in `folder` another one: the same program with one more (empty, custom) section, so another name, list and fingerprints. */
function anotherBuild(folder) {
  const wasm = readdirSync(folder).find((name) => name.endsWith('_bg.wasm'));
  const bytes = Buffer.concat([readFileSync(join(folder, wasm)), Buffer.from([0, 5, 4, ...Buffer.from('next')])]);
  const [old, next] = [wasm.match(/-([0-9a-f]+)_bg/)[1], createHash('sha256').update(bytes).digest('hex').slice(0, 16)];
  const index = readFileSync(join(folder, 'index.html'), 'utf8').replaceAll(old, next);
  const glue = readFileSync(join(folder, wasm.replace('_bg.wasm', '.js')));
  for (const name of readdirSync(folder).filter((name) => name.includes(old))) rmSync(join(folder, name));
  writeFileSync(join(folder, wasm.replace(old, next)), bytes);
  writeFileSync(join(folder, wasm.replace(old, next).replace('_bg.wasm', '.js')), glue);
  writeFileSync(join(folder, 'index.html'), index);
  execFileSync(PACK, [folder]);
  return wasm.replace(old, next);
}

const buildsOf = (page) => Promise.all(page.workers().map((worker) => worker.evaluate(() => globalThis.build)));

test('a new build beside an open page: the page keeps its own, and the next page is the new one as a whole', { timeout: 180_000 }, async () => {
  await inFolder((folder) => {
    cpSync(DIST, folder, { recursive: true });
    const old = readdirSync(folder).find((name) => name.endsWith('_bg.wasm'));
    return visit({ ...WORKING, dist: folder }, async ({ page, context, address }) => {
      await open(page, address, '?workers=1');
      await standing(page);
      const next = anotherBuild(folder);
      await page.evaluate(() => navigator.serviceWorker.ready.then((it) => it.update()));
      await page.waitForFunction(() => navigator.serviceWorker.ready.then((it) => Boolean(it.waiting)));
      // The open page goes on with what it has: a worker started now and a page opened beside it are of the old build, whole.
      await openSample(page, 0);
      await idle(page);
      assert.match(await verdict(page), /^(Go|Caution|No-go)$/);
      const beside = await context.newPage();
      await open(beside, address, '?workers=2');
      await beside.waitForTimeout(500);
      assert.deepEqual(await buildsOf(beside), [old, old, old]);
      await beside.close();
      await page.close();
      // No page of the old build is open: the set is swapped.
      const fresh = await context.newPage();
      for (let tries = 0; tries < 20; tries += 1) {
        await open(fresh, address, '?workers=2');
        await fresh.waitForTimeout(500);
        if ((await buildsOf(fresh)).every((build) => build === next)) break;
      }
      assert.deepEqual(await buildsOf(fresh), [next, next, next]);
      assert.equal((await fresh.evaluate(() => caches.keys())).length, 1, 'the old set is gone');
      await openSample(fresh, 0);
      assert.match(await verdict(fresh), /^(Go|Caution|No-go)$/);
    });
  });
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
