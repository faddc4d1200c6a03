// Public tables through the page: load, audit, train, verdict, report. Skipped where the files are not beside the project.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseFiles, idle, open, ROOT, save, show, SHOTS, verdict, visit } from '../browser.mjs';

const FOLDER = join(ROOT, '../shared/data');
const REPORT_BYTES = 300 * 1024;

/** Opens the file and chooses what is predicted. */
async function opened(page, address, path, target) {
  await open(page, address);
  await chooseFiles(page, [path]);
  await idle(page);
  await show(page, 'task');
  await page.locator('label.form-field', { hasText: 'The column to predict.' }).locator('select').selectOption(target);
  await idle(page, 120_000);
}

/** What the audit's blockers say. */
async function blockers(page) {
  await show(page, 'audit');
  await page.locator('details.finding').first().waitFor({ timeout: 60_000 });
  await idle(page, 120_000);
  const all = await page.locator('main .section details.finding > summary').allTextContents();
  return all.filter((words) => /^.{0,4}Blocker/.test(words));
}

/** Pictures of the screens that a person decides on. */
async function pictures(page, name) {
  for (const [kind, colorScheme, width] of [['light', 'light', 1280], ['dark', 'dark', 1280], ['narrow', 'light', 360]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const step of ['audit', 'validate', 'decide']) {
      await show(page, step);
      await page.waitForTimeout(100);
      await page.screenshot({ path: join(SHOTS, `${name}-${step}-${kind}.png`), fullPage: true });
    }
  }
}

const TABLES = [
  { file: 'bike_sharing_hour.csv', target: 'cnt', repaired: true, expected: (all) => all.some((words) => /cnt/.test(words) && /casual/.test(words) && /registered/.test(words)) },
  { file: 'adult.csv', target: 'income', repaired: false, expected: (all) => all.length === 0 },
  { file: 'online_shoppers_intention.csv', target: 'Revenue', repaired: false, expected: (all) => all.length === 0 },
];

for (const { file, target, repaired, expected } of TABLES) {
  const path = join(FOLDER, file);
  test(`${file}: from the file to a verdict and a report`, { skip: !existsSync(path), timeout: 300_000 }, async (t) => {
    await visit({}, async ({ page, address }) => {
      await opened(page, address, path, target);
      const found = await blockers(page);
      assert.ok(expected(found), JSON.stringify(found));
      if (repaired) {
        await show(page, 'open');
        assert.equal(await verdict(page, 240_000), 'No-go');
        await show(page, 'audit');
        await page.getByRole('button', { name: 'Repair all' }).click();
        await page.getByText('Undo').first().waitFor();
        await idle(page, 120_000);
        assert.deepEqual(await blockers(page), []);
      }
      await show(page, 'open');
      const word = await verdict(page, 240_000);
      t.diagnostic(`${file}: ${word}`);
      assert.match(word, /^(Go|Caution|No-go)$/);
      if (repaired) assert.equal(word, 'Go');
      if (repaired) assert.doesNotMatch(await page.locator('main').innerText(), /open blocker/i);
      const report = (await save(page, 'Report, HTML')).toString();
      assert.ok(report.length <= REPORT_BYTES, `${report.length} bytes`);
      assert.ok(report.includes(target));
      await pictures(page, file.split('.')[0]);
    });
  });
}
