// SAFETY row 8: the project is kept between visits; when the browser cannot, a banner stays and offers a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idle, open, openSample, visit } from '../browser.mjs';

const again = (page) => page.getByRole('button', { name: 'Open it again' });

/** Waits until the browser holds the project. */
async function kept(page) {
  const look = () => page.evaluate(async () => {
    const names = await indexedDB.databases();
    if (!names.some(({ name }) => name === 'watertight')) return false;
    return new Promise((done) => {
      const request = indexedDB.open('watertight', 1);
      request.onsuccess = () => {
        const read = request.result.transaction('kept').objectStore('kept').getKey('project');
        read.onsuccess = () => { request.result.close(); done(read.result === 'project'); };
      };
      request.onerror = () => done(false);
    });
  });
  for (let tries = 0; tries < 100; tries += 1) {
    if (await look()) return;
    await page.waitForTimeout(300);
  }
  assert.fail('the project is not kept');
}

test('a project is offered on the next visit, opened again, and can be deleted', async () => {
  await visit({}, async ({ page, address }) => {
    await open(page, address);
    await openSample(page, 0);
    await idle(page);
    const facts = await page.locator('.bar-file').innerText();
    await kept(page);
    await open(page, address);
    await again(page).click();
    await idle(page);
    assert.equal(await page.locator('.bar-file').innerText(), facts);
    await kept(page);
    await open(page, address);
    await page.getByRole('button', { name: 'Delete it from this browser' }).click();
    await page.waitForTimeout(500);
    await open(page, address);
    await page.locator('.sample').first().waitFor();
    await page.waitForTimeout(500);
    assert.equal(await again(page).count(), 0);
  });
});

test('where nothing can be kept, a banner says so and offers to save a file', async () => {
  await visit({}, async ({ page, context, address }) => {
    await open(page, address);
    const tools = await context.newCDPSession(page);
    await tools.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin, quotaSize: 1 });
    await openSample(page, 0);
    const offer = page.getByRole('button', { name: 'Save the project to a file' });
    await offer.waitFor({ timeout: 60_000 });
    await idle(page);
    const [download] = await Promise.all([page.waitForEvent('download'), offer.click()]);
    assert.match(download.suggestedFilename(), /watertight/);
  });
});
