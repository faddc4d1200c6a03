// SAFETY rows 8, 10 and 11: the project is kept between visits, by one tab, with the finished jobs of its run; when the browser cannot, a
// banner stays and offers a file.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseFiles, idle, inFolder, kept, keptKeys, open, openSample, sampleFile, save, show, verdict, visit, watchWorkers } from '../browser.mjs';

const again = (page) => page.getByRole('button', { name: 'Open it again' });

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

test('a project opened over another says first what would change, and changes nothing before it is answered', async () => {
  await inFolder((folder) => visit({}, async ({ page, address }) => {
    const file = () => page.locator('.bar-file .file').innerText();
    const path = join(folder, 'studio.watertight');
    await open(page, address);
    await openSample(page, 0);
    await idle(page);
    const studio = await file();
    writeFileSync(path, await save(page, 'Project'));
    await show(page, 'open');
    await openSample(page, 2);
    await page.waitForFunction((was) => document.querySelector('.bar-file .file').textContent !== was, studio);
    await idle(page);
    const claims = await file();
    const offer = async () => {
      await page.locator('details.menu.project > summary').click();
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open project…' }).click()]);
      await chooser.setFiles([path]);
      await page.getByText('Opening this project replaces what is open.').waitFor();
    };
    await offer();
    const changes = await page.locator('.changes li').allInnerTexts();
    assert.ok(changes.some((words) => words.startsWith('file') && words.includes(claims) && words.includes(studio)), JSON.stringify(changes));
    assert.equal(await file(), claims, 'it was opened before the answer');
    await page.getByRole('button', { name: 'Keep what is open' }).click();
    await page.waitForTimeout(500);
    assert.equal(await file(), claims);
    await offer();
    await page.getByRole('button', { name: 'Open the project' }).click();
    await page.waitForFunction((name) => document.querySelector('.bar-file .file').textContent === name, studio);
    await idle(page);
  }));
});

test('a run whose tab was closed goes on where it was: the same bytes', { timeout: 280_000 }, async (t) => {
  await inFolder(async (folder) => {
    const path = sampleFile(folder, 'sessions', 20_000);
    const whole = await visit({}, async ({ page, address }) => {
      await watchWorkers(page);
      await open(page, address, '?workers=2');
      await chooseFiles(page, [path]);
      await verdict(page);
      // The verdict is told before the errors are looked at.
      await idle(page, 120_000);
      return { bytes: await save(page, 'Report, JSON'), jobs: await page.evaluate(() => globalThis.jobsGiven) };
    });
    for (const finished of [1, 7, 16]) {
      await visit({}, async ({ page, context, address }) => {
        await open(page, address, '?workers=2');
        await chooseFiles(page, [path]);
        await idle(page);
        await kept(page);
        await page.getByRole('button', { name: 'Run everything to the verdict' }).click();
        await kept(page, finished);
        await page.close();

        const next = await context.newPage();
        await watchWorkers(next);
        await open(next, address, '?workers=2');
        await next.getByText('its run goes on from there').waitFor();
        const before = (await keptKeys(next)).length - 1;
        await again(next).click();
        await verdict(next);
        await idle(next, 120_000);
        const { bytes, jobs } = { bytes: await save(next, 'Report, JSON'), jobs: await next.evaluate(() => globalThis.jobsGiven) };
        t.diagnostic(`${before} of ${whole.jobs} jobs were kept, ${jobs} were run`);
        assert.ok(before >= finished);
        assert.equal(jobs, whole.jobs - before, 'what was finished is not done again');
        assert.deepEqual(bytes, whole.bytes);
      });
    }
  });
});

test('a search whose tab was closed goes on with the trials it has, also after it was stopped and when it is made longer', { timeout: 280_000 }, async (t) => {
  await inFolder(async (folder) => {
    const path = sampleFile(folder, 'clean', 1_000);
    const field = (page, words) => page.locator('label.form-field', { hasText: words });
    const trials = async (page, n) => {
      await field(page, 'How many settings are tried').locator('input').fill(String(n));
      await field(page, 'How many settings are tried').locator('input').blur();
    };
    // The search is chosen after the audit: what that said of the columns is no part of what a trial was made from.
    const begin = async (page, address, n) => {
      await watchWorkers(page);
      await open(page, address, '?workers=2');
      await chooseFiles(page, [path]);
      await idle(page);
      await show(page, 'train');
      await field(page, 'Search for hyperparameters').locator('select').selectOption('random');
      await page.getByText('Settings of random', { exact: true }).click();
      await trials(page, n);
      await idle(page);
    };
    const given = (page) => page.evaluate(() => globalThis.jobsGiven);
    const train = (page) => page.getByRole('button', { name: 'Train', exact: true }).click();
    const report = async (page) => {
      await show(page, 'decide');
      await page.getByRole('button', { name: 'Run to here', exact: true }).click();
      await page.locator('#verdict').waitFor({ timeout: 120_000 });
      await idle(page, 240_000);
      return save(page, 'Report, JSON');
    };
    const whole = await visit({}, async ({ page, address }) => {
      await begin(page, address, 9);
      await train(page);
      await idle(page, 240_000);
      return { bytes: await report(page), jobs: await given(page) };
    });
    await visit({}, async ({ page, context, address }) => {
      await begin(page, address, 7);
      await kept(page);
      await train(page);
      await kept(page, 3);
      await page.locator('.progress').getByRole('button', { name: 'Cancel' }).click();
      await idle(page);
      await train(page);
      await kept(page, 12);
      await page.close();

      const next = await context.newPage();
      await watchWorkers(next);
      await open(next, address, '?workers=2');
      await next.getByText('its run goes on from there').waitFor();
      const before = (await keptKeys(next)).length - 1;
      await again(next).click();
      await idle(next);
      await show(next, 'train');
      await next.getByText('Settings of random', { exact: true }).click();
      await trials(next, 9);
      await train(next);
      await idle(next, 240_000);
      const { bytes, jobs } = { bytes: await report(next), jobs: await given(next) };
      t.diagnostic(`${before} jobs were kept, ${jobs} of ${whole.jobs} were run`);
      assert.ok(before >= 12);
      assert.equal(jobs, whole.jobs - before, 'a trial that was finished is not judged again');
      assert.deepEqual(bytes, whole.bytes);
    });
  });
});

test('of two tabs one keeps its project; the other says so and can take over', async () => {
  await visit({}, async ({ page, context, address }) => {
    const elsewhere = (tab) => tab.getByText('Another tab keeps its project');
    const written = (tab) => tab.evaluate(() => new Promise((done) => {
      const request = indexedDB.open('watertight', 1);
      request.onsuccess = () => {
        const read = request.result.transaction('kept').objectStore('kept').get('project');
        read.onsuccess = () => { request.result.close(); done(read.result.saved); };
      };
    }));
    await open(page, address);
    await openSample(page, 0);
    await idle(page);
    await kept(page);

    const second = await context.newPage();
    await open(second, address);
    const first = await written(second);
    await openSample(second, 2);
    await elsewhere(second).waitFor();
    await idle(second);
    await second.waitForTimeout(2500);
    assert.equal(await written(second), first, 'the second tab has written');
    assert.equal(await elsewhere(page).count(), 0);

    await second.getByRole('button', { name: 'Keep this one instead' }).click();
    await elsewhere(page).waitFor();
    await second.waitForTimeout(2500);
    assert.notEqual(await written(second), first, 'the second tab has not taken over');
    assert.equal(await elsewhere(second).count(), 0);
    await second.close();
    const third = await context.newPage();
    await open(third, address);
    await third.getByText('claims.csv').first().waitFor();
  });
});
