// Both builds start without a complaint of the browser, ask for nothing they should not, and are quick.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILDS, open, visit } from '../browser.mjs';

/** Milliseconds to the first paint from a local server (EXPERIENCE.md). */
const FIRST_PAINT_MS = 1000;

for (const [name, options] of BUILDS) {
  test(`${name}: starts with as many workers as asked`, async () => {
    await visit(options, async ({ page, address }) => {
      await open(page, address, '?workers=3');
      await page.waitForTimeout(300);
      assert.equal(page.workers().length, 4, 'the session and three for jobs');
    });
  });

  test(`${name}: asks for its own files only, and for nothing once it stands`, async () => {
    await visit(options, async ({ page, address, requests }) => {
      await open(page, address);
      await page.waitForTimeout(300);
      const ready = requests.length;
      for (const url of requests) assert.ok(url.startsWith(new URL('.', address).href) || url.startsWith('blob:') || url.startsWith('data:'), url);
      await page.waitForTimeout(1500);
      assert.deepEqual(requests.slice(ready), []);
    });
  });
}

test('served page: the first paint comes within a second', async (t) => {
  await visit({}, async ({ page, address }) => {
    await open(page, address);
    const painted = await page.evaluate(async () => {
      const entry = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
      for (let tries = 0; tries < 100 && entry() === undefined; tries += 1) await new Promise((done) => setTimeout(done, 20));
      return entry();
    });
    t.diagnostic(`first contentful paint ${Math.round(painted)} ms`);
    assert.ok(painted <= FIRST_PAINT_MS, `${painted} ms`);
  });
});
