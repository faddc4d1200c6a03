// WCAG 2.2 AA by axe-core on every step, in light and dark, before and after a run; and nothing to scroll sideways at 320 px.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, openSample, SHOTS, show, STEPS, verdict, visit } from '../browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds, in one line each. */
async function findings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}) ${nodes[0].html.slice(0, 200)} | ${nodes[0].failureSummary.replaceAll('\n', ' ').slice(0, 300)}`);
  }, TAGS);
}

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds nothing on any step`, async () => {
    await visit({ context: { colorScheme, viewport: { width: 1280, height: 900 } } }, async ({ page, address }) => {
      const wrong = [];
      const look = async (when) => {
        for (const step of STEPS) {
          await show(page, step);
          await page.waitForTimeout(100);
          wrong.push(...(await findings(page)).map((line) => `${when} ${step}: ${line}`));
          if (when === 'decided') await page.screenshot({ path: join(SHOTS, `${step}-${colorScheme}.png`), fullPage: true });
        }
      };
      await open(page, address);
      await look('empty');
      await show(page, 'open');
      await openSample(page, 0);
      await verdict(page);
      await look('decided');
      assert.deepEqual(wrong, []);
    });
  });
}

test('320 px wide: no step scrolls sideways', async () => {
  await visit({ context: { viewport: { width: 320, height: 700 } } }, async ({ page, address }) => {
    await open(page, address);
    await openSample(page, 0);
    await verdict(page);
    const wide = [];
    for (const step of STEPS) {
      await page.evaluate((to) => { location.hash = to; }, step);
      await page.waitForTimeout(150);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 320) wide.push(`${step}: ${width} px`);
      await page.screenshot({ path: join(SHOTS, `${step}-narrow.png`), fullPage: true });
    }
    assert.deepEqual(wide, []);
  });
});

test('forced colours and print are drawn', async () => {
  await visit({ context: { forcedColors: 'active', viewport: { width: 1280, height: 900 } } }, async ({ page, address }) => {
    await open(page, address);
    await openSample(page, 0);
    await verdict(page);
    for (const step of ['audit', 'decide']) {
      await show(page, step);
      await page.screenshot({ path: join(SHOTS, `${step}-forced.png`), fullPage: true });
    }
    await page.emulateMedia({ media: 'print', forcedColors: 'none' });
    await page.screenshot({ path: join(SHOTS, 'decide-print.png'), fullPage: true });
    assert.equal(await page.locator('#verdict').isVisible(), true);
  });
});
