// How long a person waits in the page: reading, audit, and the verdict with boosting or the forest alone, on the sessions sample.
//
// usage: node benches/browser.mjs [ROWS ...]      (default: 10000 100000 472871; after ./test or ./run has built the page)
// One worker besides the session's, headless Chromium, release page. Seconds by the page's own clock, and the longest task of its thread.
import { chooseFiles, idle, inFolder, open, sampleFile, show, visit, watchLongTasks } from '../tests/browser/browser.mjs';

const LEARNERS = ['Gradient boosting', 'Random forest', 'Logistic regression'];
const PATIENCE = 900_000;

/** Seconds that `work` takes. */
async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Leaves one learner (and no learning) ticked. */
async function only(page, learner) {
  await show(page, 'train');
  const names = await page.locator('main input[type=checkbox]').evaluateAll((boxes) => boxes.map((box) => box.closest('label, div')?.innerText.split('\n')[0].trim()));
  // The wanted one first: at least one must stay.
  const order = [...names.keys()].sort((a, b) => Number(names[b] === learner) - Number(names[a] === learner));
  for (const at of order) {
    const box = page.locator('main input[type=checkbox]').nth(at);
    const wanted = names[at] === learner || names[at] === 'No learning';
    if (!(await box.isDisabled()) && (await box.isChecked()) !== wanted) {
      await box.click();
      await idle(page, PATIENCE);
    }
  }
}

async function measure(rows) {
  return inFolder((folder) => visit({}, async ({ page, address }) => {
    const path = sampleFile(folder, 'sessions', rows);
    await watchLongTasks(page);
    await open(page, address, '?workers=1');
    const found = { rows };
    found.read_and_audit = await seconds(async () => {
      await chooseFiles(page, [path]);
      await idle(page, PATIENCE);
    });
    for (const learner of LEARNERS) {
      await only(page, learner);
      found[learner] = await seconds(async () => {
        await page.getByRole('button', { name: /^(Train|Train again)$/ }).click();
        await page.locator('main table').first().waitFor({ timeout: PATIENCE });
        await idle(page, PATIENCE);
      });
    }
    found.longest_task_ms = await page.evaluate(() => Math.max(0, ...globalThis.longTasks));
    return found;
  }));
}

const asked = process.argv.slice(2).map(Number);
const table = [];
for (const rows of asked.length ? asked : [10_000, 100_000, 472_871]) table.push(await measure(rows));
console.table(table);
