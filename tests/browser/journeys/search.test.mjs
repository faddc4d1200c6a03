// The search for hyperparameters on the page: chosen in a form, watched while it runs, and the same bytes as the command line's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseFiles, COMMAND_LINE, idle, inFolder, open, sampleFile, save, show, verdict, visit } from '../browser.mjs';

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
    await verdict(page);
    const ours = await save(page, 'Report, JSON');
    const { stderr } = spawnSync(COMMAND_LINE, ['run', path, '--tune', '--trials', '5', '--out', join(folder, 'out')], { encoding: 'utf8' });
    assert.equal(ours.toString(), readFileSync(join(folder, 'out', 'report.json'), 'utf8'), stderr);
  }));
});
