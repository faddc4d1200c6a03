// The picture of the README: the audit of the first sample, as a newcomer sees it. It is drawn every time and replaces the one in
// the README when there is none, or when REFRESH is set.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HERE, open, openSample, SHOTS, show, verdict, visit } from '../browser.mjs';

test('the README has its picture', async () => {
  await visit({ context: { colorScheme: 'light', viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' } }, async ({ page, address }) => {
    await open(page, address);
    await openSample(page, 0);
    await verdict(page);
    await show(page, 'audit');
    await page.waitForTimeout(300);
    const path = join(SHOTS, 'readme.png');
    const shown = join(HERE, 'readme.png');
    await page.screenshot({ path });
    if (process.env.REFRESH || !existsSync(shown)) copyFileSync(path, shown);
    assert.ok(statSync(path).size > 20_000);
  });
});
