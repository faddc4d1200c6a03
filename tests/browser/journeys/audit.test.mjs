// The audit screen: findings filtered and searched, the lineage graph walked by keys, a finding reached from it; axe finds nothing with all unfolded.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { idle, open, openSample, show, visit } from '../browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The studio sample, audited, on the audit screen. */
async function audited(page, address) {
  await open(page, address);
  await page.locator('.sample').first().waitFor();
  await openSample(page, 0);
  await idle(page);
  await show(page, 'audit');
  await page.locator('.graph').waitFor();
}

test('findings are filtered by severity and by check, and searched by column, and the count is told', async () => {
  await visit({ context: { viewport: { width: 1280, height: 900 } } }, async ({ page, address }) => {
    await audited(page, address);
    const list = page.locator('main .filter').first();
    const status = list.getByRole('status');
    const drawn = () => page.locator('main .section').first().locator('details.finding:visible').count();
    const all = await drawn();
    assert.equal(await status.innerText(), `${all} shown`);
    await list.getByRole('button', { name: /^blockers/ }).click();
    await page.waitForFunction(() => / of /.test(document.querySelector('.filter [role="status"]').innerText));
    assert.match(await status.innerText(), new RegExp(`^[1-9]\\d* of ${all} shown$`));
    await list.getByRole('button', { name: /^blockers/ }).click();
    await list.getByRole('searchbox').fill('revenue_5c');
    await page.waitForFunction((n) => document.querySelector('.filter [role="status"]').innerText.endsWith(`of ${n} shown`), all);
    assert.match(await page.locator('details.finding:visible').first().innerText(), /revenue_5c/);
    await list.getByRole('searchbox').fill('');
    const picker = list.locator('select');
    await picker.selectOption('lineage');
    assert.ok((await drawn()) < all && (await drawn()) > 0);
    await picker.selectOption('');
    assert.equal(await drawn(), all);
  });
});

test('a click counts as running work until it is obeyed: idle is never told before its results are there', async () => {
  await visit({}, async ({ page, address }) => {
    await audited(page, address);
    const idleAfterClick = await page.getByRole('button', { name: 'Repair all' }).evaluate(async (button) => {
      button.click();
      await new Promise((drawn) => { setTimeout(drawn, 0); });
      return document.querySelector('.jobs').classList.contains('idle');
    });
    assert.equal(idleAfterClick, false);
    await idle(page);
    const blockers = page.locator('main .section details.finding > summary').filter({ hasText: /^.{0,4}Blocker/ });
    assert.equal(await blockers.count(), 0, 'what is told then is the audit of the repaired table');
  });
});

test('the lineage graph is walked by arrow keys, and Enter opens the finding', async () => {
  await visit({ context: { viewport: { width: 1280, height: 900 } } }, async ({ page, address }) => {
    await audited(page, address);
    const nodes = page.locator('.graph [data-node]');
    assert.equal(await page.locator('.graph [data-node][tabindex="0"]').count(), 1, 'one stop for Tab');
    await nodes.first().focus();
    assert.ok((await page.locator('.ge.lit').count()) > 0, 'its edges are lit');
    const name = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    for (let presses = 0; !/^revenue_5c/.test(await name()); presses += 1) {
      assert.ok(presses < 60, 'revenue_5c is reached');
      await page.keyboard.press('ArrowRight');
    }
    assert.equal(await page.locator('details.finding.lit').count(), 1, 'its finding is lit');
    await page.keyboard.press('Enter');
    const at = await page.evaluate(() => ({ tag: document.activeElement.tagName, open: document.activeElement.parentElement.open, words: document.activeElement.innerText }));
    assert.equal(at.tag, 'SUMMARY');
    assert.ok(at.open);
    assert.match(at.words, /revenue_5c/);
    assert.match(await page.locator('details.finding[open]', { hasText: 'revenue_5c' }).first().innerText(), /= .*contains its own value/);
  });
});

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds nothing with every finding unfolded`, async () => {
    await visit({ context: { colorScheme, viewport: { width: 1280, height: 900 } } }, async ({ page, address }) => {
      await audited(page, address);
      await page.evaluate(() => { for (const fold of document.querySelectorAll('main details')) fold.open = true; });
      await page.waitForTimeout(300);
      await page.evaluate(AXE);
      const wrong = await page.evaluate(async () => {
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const { violations } = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
        return violations.map(({ id, nodes }) => `${id} (${nodes.length}) ${nodes[0].html.slice(0, 200)} | ${nodes[0].failureSummary.slice(0, 300)}`);
      });
      assert.deepEqual(wrong, []);
    });
  });
}
