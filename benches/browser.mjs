// How long a person waits in the page: reading and audit, then cross-validation with one learner at a time.
//
// usage: node benches/browser.mjs [ROWS ...] [FILE.csv ...]      (default: 10000 100000 472871; after ./test or ./run has built the page)
// A number is that many rows of the sessions sample, its target as the page guesses it. One worker besides the session's, headless Chromium, release page. Seconds by the clock
// of this script; the longest task of the page's thread and the longest silence of a working worker in milliseconds; the most memory the
// page's process has taken, workers included, in MiB.
import { readFileSync } from 'node:fs';
import { chooseFiles, idle, inFolder, open, sampleFile, show, visit, watchLongTasks } from '../tests/browser/browser.mjs';

const LEARNERS = ['Gradient boosting', 'Random forest', 'Decision tree'];
const PATIENCE = 900_000;

/** Seconds that `work` takes. */
async function seconds(work) {
  const start = performance.now();
  await work();
  return Math.round((performance.now() - start) / 10) / 100;
}

/** Notes in `globalThis.silence` the longest time between a job's start, its signs of life and its end, and in `globalThis.longestJob` the longest job. */
async function watchJobs(page) {
  await page.addInitScript(() => {
    const Real = globalThis.Worker;
    [globalThis.silence, globalThis.longestJob, globalThis.begun] = [0, 0, 0];
    globalThis.Worker = class extends Real {
      constructor(address, options) {
        super(address, options);
        if (options?.name !== 'job') return;
        this.runsJobs = true;
        this.addEventListener('message', ({ data }) => {
          if (!this.since) return;
          const now = performance.now();
          globalThis.silence = Math.max(globalThis.silence, now - this.heard);
          this.heard = now;
          if (data.length === 3) {
            globalThis.longestJob = Math.max(globalThis.longestJob, now - this.since);
            this.since = 0;
          }
        });
      }

      postMessage(message, moved) {
        if (this.runsJobs && message.length === 3) {
          this.since = this.heard = performance.now();
          globalThis.begun += 1;
        }
        return super.postMessage(message, moved);
      }
    };
  });
}

/** Leaves one learner (and no learning) ticked. */
async function only(page, learner) {
  await show(page, 'train');
  const boxes = page.locator('main input[type=checkbox]');
  const names = await boxes.evaluateAll((all) => all.map((box) => box.closest('label, div')?.innerText.split('\n')[0].trim()));
  // The wanted one first: at least one must stay.
  const order = [...names.keys()].sort((a, b) => Number(names[b] === learner) - Number(names[a] === learner));
  for (const at of order) {
    const wanted = names[at] === learner || names[at] === 'No learning';
    if (!(await boxes.nth(at).isDisabled()) && (await boxes.nth(at).isChecked()) !== wanted) {
      await boxes.nth(at).click();
      // The engine answers before the next choice is made, as it does for a person.
      await page.waitForTimeout(300);
      await idle(page, PATIENCE);
    }
  }
}

/** Most memory the page's process has taken, in MiB. */
async function peak(browser) {
  const tools = await browser.newBrowserCDPSession();
  const { processInfo } = await tools.send('SystemInfo.getProcessInfo');
  const taken = (id) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return Math.round(Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => taken(id))));
}

async function measure(asked) {
  return inFolder((folder) => visit({}, async ({ page, address, browser }) => {
    const path = /^\d+$/.test(asked) ? sampleFile(folder, 'sessions', Number(asked)) : asked;
    await watchLongTasks(page);
    await watchJobs(page);
    await open(page, address, '?workers=1');
    await page.locator('.sample').first().waitFor();
    // Starting the page is another matter than working with it.
    await page.waitForTimeout(500);
    const figure = (name) => page.evaluate((of) => Math.round(Math.max(0, ...[globalThis[of]].flat())), name);
    await page.evaluate(() => { globalThis.longTasks.length = 0; });
    const found = { asked };
    found['read and audit'] = await seconds(async () => {
      await chooseFiles(page, [path]);
      await idle(page, PATIENCE);
    });
    found['task, reading'] = await figure('longTasks');
    await page.evaluate(() => { globalThis.longTasks.length = 0; });
    for (const learner of LEARNERS) {
      await only(page, learner);
      await page.evaluate(() => { globalThis.begun = 0; });
      found[learner] = await seconds(async () => {
        await page.getByRole('button', { name: /^(Train|Train again)$/ }).click();
        await page.waitForFunction(() => globalThis.begun > 0);
        await idle(page, PATIENCE);
      });
    }
    found['task, training'] = await figure('longTasks');
    found['longest job'] = await figure('longestJob');
    found.silence = await figure('silence');
    found.MiB = await peak(browser);
    return found;
  }));
}

const asked = process.argv.slice(2);
const table = [];
for (const one of asked.length ? asked : ['10000', '100000', '472871']) table.push(await measure(one));
console.table(table);
