// A report is a pure function of bytes, settings and seed: what the page exports is what the command line writes, byte for byte.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILDS, chooseFiles, COMMAND_LINE, idle, inFolder, open, save, verdict, visit } from '../browser.mjs';

for (const workers of [1, 3]) {
  for (const [name, options] of BUILDS) {
    test(`${name}, ${workers} workers: report.json is the command line's`, async () => {
      await inFolder((folder) => visit(options, async ({ page, address }) => {
        const path = join(folder, 'claims.csv');
        execFileSync(COMMAND_LINE, ['sample', 'claims', '--out', path]);
        await open(page, address, `?workers=${workers}`);
        await chooseFiles(page, [path]);
        await idle(page);
        await verdict(page);
        const ours = await save(page, 'Report, JSON');
        const target = JSON.parse(ours).task.target;
        const settings = join(folder, 'page.json');
        writeFileSync(settings, await save(page, 'Settings'));
        execFileSync(COMMAND_LINE, ['run', path, '--target', target, '--settings', settings, '--out', join(folder, 'out')], { stdio: 'pipe' });
        assert.equal(ours.toString(), readFileSync(join(folder, 'out', 'report.json'), 'utf8'));
      }));
    });
  }
}
