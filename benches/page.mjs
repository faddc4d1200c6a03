// The learners and the reader in a worker of Chromium, as `benches/page.rs` offers them: one line of JSON a task.
//
// usage: node benches/page.mjs TABLE ROWS FILE.csv [TASK]      (`benches/peers.py` calls it; the file is the table as `cargo bench --bench learn -- --once` wrote it)
// Builds the module for wasm32 with the page's own profile first (some minutes when cold). Seconds are those the worker's thread has computed, where the
// system says (Linux), else by the clock; the mean over runs of at least half a second together, one run if it takes five.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '../tests/browser/node_modules/playwright-core/index.mjs';
import { CHROMIUM, FLAGS } from '../tests/browser/browser.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const BUILT = join(ROOT, 'target/page-bench');
const [LEAST, LONG, FEWEST, MOST] = [0.5, 5, 3, 100];

/** Builds the module and its glue, with the tools that `./run` and `./test` have put in place. */
function build() {
  const tools = [join(process.env.WATERTIGHT_TOOLS ?? join(homedir(), '.cache/watertight/tools'), 'bin'), join(ROOT, 'tests/browser/node_modules/.bin'), process.env.PATH];
  const quiet = { cwd: ROOT, env: { ...process.env, PATH: tools.join(delimiter) }, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 };
  const told = execFileSync('cargo', ['build', '--quiet', '--release', '--target', 'wasm32-unknown-unknown', '--example', 'page', '--message-format=json'], quiet).toString();
  const made = told.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((m) => m.target?.name === 'page' && m.filenames?.length);
  const wasm = made.at(-1).filenames.find((name) => name.endsWith('.wasm')) ?? made.at(-1).executable;
  execFileSync('wasm-bindgen', ['--target', 'no-modules', '--no-typescript', '--out-dir', BUILT, '--out-name', 'bench', wasm], quiet);
  const optimized = join(BUILT, 'optimized.wasm');
  execFileSync('wasm-opt', ['-O3', '-Oz', join(BUILT, 'bench_bg.wasm'), '-o', optimized], quiet);
  return { glue: readFileSync(join(BUILT, 'bench.js')), wasm: readFileSync(optimized) };
}

/** Seconds computed so far by the worker's thread of the page's process. */
async function computed(browser) {
  const tools = await browser.newBrowserCDPSession();
  const { processInfo } = await tools.send('SystemInfo.getProcessInfo');
  await tools.detach();
  let most = null;
  for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) {
    try {
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        if (!readFileSync(`/proc/${id}/task/${thread}/comm`, 'utf8').startsWith('DedicatedWorker')) continue;
        most = Math.max(most ?? 0, Number(readFileSync(`/proc/${id}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9);
      }
    } catch { /* not a system that says: the clock it is */ }
  }
  return most ?? performance.now() / 1000;
}

async function main(table, rows, file, wanted = '') {
  const { glue, wasm } = build();
  const served = { '/': ['text/html', '<!doctype html><title>bench</title>'], '/worker.js': ['text/javascript', glue], '/bench.wasm': ['application/wasm', wasm], '/table.csv': ['text/csv', readFileSync(file)] };
  const server = createServer((asked, answer) => {
    const [type, bytes] = served[asked.url] ?? [null, ''];
    answer.writeHead(type ? 200 : 404, type ? { 'content-type': type } : {}).end(bytes);
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const [worker] = await Promise.all([page.waitForEvent('worker'), page.evaluate(() => { globalThis.hand = new Worker('/worker.js'); })]);
    await worker.evaluate(() => wasm_bindgen({ module_or_path: '/bench.wasm' }).then(() => null));
    const measure = async (task, run) => {
      let [runs, seconds, score] = [0, 0, null];
      while (runs < MOST && seconds < LONG && (runs < FEWEST || seconds < LEAST)) {
        const start = await computed(browser);
        await run();
        seconds += await computed(browser) - start;
        runs += 1;
      }
      if (task !== 'read CSV') score = await worker.evaluate(() => wasm_bindgen.fit(true));
      console.log(JSON.stringify({ task, seconds: Number((seconds / runs).toFixed(5)), score }));
    };
    if ('read CSV'.includes(wanted)) {
      await worker.evaluate(async () => { globalThis.bytes = new Uint8Array(await (await fetch('/table.csv')).arrayBuffer()); });
      await measure('read CSV', () => worker.evaluate(() => wasm_bindgen.read_csv(globalThis.bytes)));
      await worker.evaluate(() => { delete globalThis.bytes; });
    }
    const tasks = await worker.evaluate((name) => wasm_bindgen.task_names(name), table);
    for (const task of tasks.filter((name) => name.includes(wanted))) {
      await worker.evaluate(([name, n, one]) => wasm_bindgen.prepare(name, n, one), [table, Number(rows), task]);
      await measure(task, () => worker.evaluate(() => { wasm_bindgen.fit(false); }));
    }
  } finally {
    await browser.close();
    server.close();
  }
}

await main(...process.argv.slice(2));
