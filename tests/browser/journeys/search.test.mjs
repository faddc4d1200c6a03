// The search for hyperparameters on the page: chosen in a form, watched while it runs, and the same bytes as the command line's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseFiles, COMMAND_LINE, idle, inFolder, open, sampleFile, save, show, visit } from '../browser.mjs';

test('a search chosen on the page gives the report of the command line', { timeout: 300_000 }, async () => {
  await inFolder((folder) => visit({}, async ({ page, address }) => {
    const path = sampleFile(folder, 'clean', 300);
    await open(page, address, '?workers=2');
    await chooseFiles(page, [path]);
    await idle(page);
    await show(page, 'train');
    const field = (words) => page.locator('label.form-field', { hasText: words });
    await field('Search for hyperparameters').locator('select').selectOption('tpe');
    await page.getByText('Settings of tpe').click();
    await field('How many settings are tried').locator('input').fill('5');
    await field('How many settings are tried').locator('input').blur();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Best trial so far').first().waitFor({ state: 'attached', timeout: 120_000 });
    await idle(page, 240_000);
    await page.getByText(/, tuned/).first().waitFor();
    await show(page, 'decide');
    await page.getByRole('button', { name: 'Run to here', exact: true }).click();
    await page.locator('#verdict').waitFor({ timeout: 120_000 });
    await idle(page, 240_000);
    const ours = await save(page, 'Report, JSON');
    const { stderr } = spawnSync(COMMAND_LINE, ['run', path, '--tune', '--trials', '5', '--out', join(folder, 'out')], { encoding: 'utf8' });
    assert.equal(ours.toString(), readFileSync(join(folder, 'out', 'report.json'), 'utf8'), stderr);
  }));
});

test('what is searched is chosen learner by learner and range by range; an impossible range says so beside its field', { timeout: 120_000 }, async () => {
  await inFolder((folder) => visit({}, async ({ page, address }) => {
    await open(page, address, '?workers=2');
    await chooseFiles(page, [sampleFile(folder, 'clean', 300)]);
    await idle(page);
    await show(page, 'train');
    await page.locator('label.form-field', { hasText: 'Search for hyperparameters' }).locator('select').selectOption('random');
    const ridge = page.locator('.searched > li').filter({ has: page.getByText('What is tried of ridge', { exact: true }) });
    await ridge.getByText('What is tried of ridge').click();
    const [least, most] = ['least', 'greatest'].map((end) => ridge.getByLabel(`Penalty: ${end} value tried`));
    const usual = await most.inputValue();
    await least.fill('5');
    await most.fill('1');
    await most.press('Tab');
    await ridge.getByRole('alert').getByText('must be below').waitFor();
    await most.fill('50');
    await most.press('Tab');
    await ridge.getByRole('alert').waitFor({ state: 'detached' });
    const back = ridge.getByRole('button', { name: 'Back to the usual range of Penalty' });
    await back.waitFor();
    await show(page, 'report');
    await show(page, 'train');
    assert.equal(await page.getByLabel('Penalty: greatest value tried').first().inputValue(), '50', 'the settings have it');
    await page.getByText('What is tried of ridge').click();
    await back.click();
    assert.equal(await most.inputValue(), usual);
    const ticks = page.locator('.searched > li > label input');
    const n = await ticks.count();
    await ticks.first().uncheck();
    assert.ok(await ticks.nth(1).isChecked(), 'the others stay');
    for (let at = 1; at < n - 1; at += 1) await ticks.nth(at).uncheck();
    // The last one goes with the list: nothing is searched then.
    await ticks.nth(n - 1).click();
    await page.locator('.searched').waitFor({ state: 'detached' });
  }));
});
