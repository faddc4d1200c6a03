// A run is kept as a version in this browser, found again on the next visit, and compared with another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idle, keptKeys, open, openSample, show, verdict, visit } from '../browser.mjs';

const statement = (page) => page.locator('main h1.statement').innerText();

test('versions are numbered, kept between visits, compared and removed', async () => {
  await visit({}, async ({ page, address }) => {
    await open(page, address);
    await openSample(page, 3);
    await verdict(page);
    await idle(page);
    await show(page, 'registry');
    assert.match(await statement(page), /No version is kept yet/);
    const keep = page.getByRole('button', { name: 'Keep as a version' });
    await keep.click();
    await page.getByRole('rowheader', { name: 'clean 1.0.0' }).first().waitFor();
    // The same model is kept once: a refusal says so.
    await keep.click();
    await page.getByText('clean 1.0.0').first().waitFor();
    for (let tries = 0; tries < 100 && !(await keptKeys(page)).includes('version clean 1.0.0'); tries += 1) await page.waitForTimeout(100);
    assert.ok((await keptKeys(page)).includes('version clean 1.0.0'));
    await open(page, address);
    await show(page, 'registry');
    await page.getByRole('rowheader', { name: 'clean 1.0.0' }).first().waitFor();
    const version = page.locator('label.form-field', { hasText: /^\s*Version/ }).locator('select');
    await version.selectOption('clean 1.0.0');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'MLflow run, zip' }).click()]);
    assert.equal(download.suggestedFilename(), 'clean-1.0.0.mlflow.zip');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('main h1.statement')?.textContent?.includes('No version is kept yet'));
    assert.deepEqual((await keptKeys(page)).filter((key) => String(key).startsWith('version ')), []);
  });
});
