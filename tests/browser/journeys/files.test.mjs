// Files come in by drop, by the button and by paste; what is typed in them is text and nothing else.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILDS, chooseFiles, idle, inFolder, open, show, STEPS, visit } from '../browser.mjs';

/** A small table with a class and a number, the same every time. */
function table(rows = 120) {
  const lines = ['visits,colour,bought'];
  for (let row = 0; row < rows; row += 1) lines.push(`${(row * 37) % 101},${['red', 'green', 'blue'][row % 3]},${(row * 37) % 101 > 60 ? 'yes' : 'no'}`);
  return lines.join('\n') + '\n';
}

async function drop(page, name, text) {
  await page.evaluate(([file, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], file, { type: 'text/csv' }));
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      document.querySelector('main').dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }
  }, [name, text]);
}

for (const [name, options] of BUILDS) {
  test(`${name}: a dropped file is read`, async () => {
    await visit(options, async ({ page, address }) => {
      await open(page, address);
      await drop(page, 'shop.csv', table());
      await idle(page);
      assert.equal(await page.locator('.bar-file .file').innerText(), 'shop.csv');
      assert.match(await page.locator('.bar-file .facts').innerText(), /120 rows × 3 columns/);
    });
  });

  test(`${name}: a chosen file is read`, async () => {
    await inFolder((folder) => visit(options, async ({ page, address }) => {
      const path = join(folder, 'shop.csv');
      writeFileSync(path, table());
      await open(page, address);
      await chooseFiles(page, [path]);
      await idle(page);
      assert.match(await page.locator('.bar-file .facts').innerText(), /120 rows × 3 columns/);
    }));
  });
}

test('train and test files are told apart by their names', async () => {
  await inFolder((folder) => visit({}, async ({ page, address }) => {
    const paths = ['shop_train.csv', 'shop_test.csv'].map((file) => join(folder, file));
    writeFileSync(paths[0], table(120));
    writeFileSync(paths[1], table(40));
    await open(page, address);
    await chooseFiles(page, paths);
    await idle(page);
    const text = await page.locator('main').innerText();
    assert.match(text, /shop_train\.csv/);
    assert.match(text, /shop_test\.csv/);
  }));
});

test('hostile names and cells are shown as text on every screen', async () => {
  const payload = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=2</script>';
  const rows = table(90).trim().split('\n').map((line, at) => `${line},${at === 0 ? `"${payload.replaceAll('"', '""')}"` : at % 2 ? `"${payload.replaceAll('"', '""')}"` : 'plain'}`);
  await visit({}, async ({ page, address, requests }) => {
    let dialogs = 0;
    page.on('dialog', (dialog) => { dialogs += 1; dialog.dismiss(); });
    await open(page, address);
    const before = requests.length;
    await drop(page, `${payload.replaceAll('/', '')}.csv`, rows.join('\n'));
    await idle(page);
    for (const step of STEPS) {
      await show(page, step);
      await page.waitForTimeout(50);
      assert.equal(await page.evaluate(() => document.querySelectorAll('main img, main script').length), 0, step);
    }
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    assert.equal(dialogs, 0);
    assert.deepEqual(requests.slice(before).filter((url) => !url.startsWith('blob:')), []);
  });
});

test('a file that is no table is refused in words, and the page goes on', async () => {
  await visit({}, async ({ page, address }) => {
    await open(page, address);
    await drop(page, 'empty.csv', '');
    await page.locator('.refusals').getByRole('button', { name: 'Dismiss' }).first().waitFor();
    await drop(page, 'shop.csv', table());
    await idle(page);
    assert.equal(await page.locator('.bar-file .file').innerText(), 'shop.csv');
  });
});
