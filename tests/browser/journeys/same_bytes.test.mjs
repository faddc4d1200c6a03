// A report is a pure function of bytes, settings and seed: what the page exports is what the command line writes, byte for byte.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILDS, chooseFiles, COMMAND_LINE, idle, inFolder, open, sampleFile, save, verdict, visit } from '../browser.mjs';

for (const workers of [1, 3]) {
  for (const [name, options] of BUILDS) {
    test(`${name}, ${workers} workers: report.json is the command line's`, async () => {
      await inFolder((folder) => visit(options, async ({ page, address }) => {
        const path = sampleFile(folder, 'claims');
        await open(page, address, `?workers=${workers}`);
        await chooseFiles(page, [path]);
        await idle(page);
        await verdict(page);
        const ours = await save(page, 'Report, JSON');
        // Its exit code speaks of findings; what counts here is what it wrote.
        const { stderr } = spawnSync(COMMAND_LINE, ['run', path, '--out', join(folder, 'out')], { encoding: 'utf8' });
        assert.equal(ours.toString(), readFileSync(join(folder, 'out', 'report.json'), 'utf8'), stderr);
      }));
    });
  }
}
