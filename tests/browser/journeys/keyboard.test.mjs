// Everything from the first Tab to the verdict and the report without a mouse; focus is always seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idle, open, visit } from '../browser.mjs';

/** The focused element: its words, and whether a reader of the screen sees that it has the focus. */
const focused = (page) => page.evaluate(() => {
  const it = document.activeElement;
  const style = getComputedStyle(it);
  const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
  return { words: (it.getAttribute('aria-label') ?? it.innerText ?? '').trim(), href: it.getAttribute('href'), outlined: outlined || style.boxShadow !== 'none', tag: it.tagName };
});

/** Presses Tab until `found`; every stop on the way must show its focus. */
async function tabTo(page, found, most = 120) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    if (at.tag === 'BODY') continue;
    assert.ok(at.outlined, `focus is not seen on ${at.tag} "${at.words}"`);
    if (found(at)) return at;
  }
  return assert.fail('never reached by Tab');
}

test('from the first Tab to the verdict and the report', async () => {
  await visit({ context: { viewport: { width: 1280, height: 900 } } }, async ({ page, address }) => {
    await open(page, address);
    await page.locator('.sample').first().waitFor();
    await page.keyboard.press('Tab');
    assert.match((await focused(page)).words, /skip/i, 'the skip link comes first');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await tabTo(page, ({ words, tag }) => tag === 'BUTTON' && /^Open (?!a saved)/.test(words));
    await page.keyboard.press('Enter');
    await page.locator('main a.btn.first[href="#decide"]').waitFor({ timeout: 60_000 });
    await idle(page);
    await tabTo(page, ({ href, tag }) => tag === 'A' && href === '#decide');
    await page.keyboard.press('Enter');
    await page.locator('#verdict').waitFor();
    await tabTo(page, ({ href, words }) => href === '#report' && /report/i.test(words));
    await page.keyboard.press('Enter');
    await page.locator('.exports').waitFor();
    await tabTo(page, ({ words }) => words === 'Report, HTML');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    assert.match(download.suggestedFilename(), /\.html$/);
  });
});
