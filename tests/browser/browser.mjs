// What every journey needs: the built page being served, a browser, and a page whose errors fail the journey.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = resolve(HERE, '../..');
export const DIST = resolve(process.env.WATERTIGHT_DIST ?? join(ROOT, 'dist'));
export const SHOTS = join(HERE, 'shots');
export const ONE_FILE = pathToFileURL(join(DIST, 'watertight.html')).href;
mkdirSync(SHOTS, { recursive: true });

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
export const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Runs `journey({ page, context, address, requests, errors })` in a fresh browser profile on a fresh server. */
export async function visit(options, journey) {
  const asked = [];
  const server = await serve(options.dist ?? DIST, 0, (method, url) => asked.push(`${method} ${url}`));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const context = await browser.newContext({ acceptDownloads: true, serviceWorkers: options.serviceWorkers ?? 'block', ...options.context });
    const page = await context.newPage();
    const requests = [];
    const errors = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
    const address = options.oneFile ? ONE_FILE : server.address;
    const result = await journey({ page, context, browser, server, address, requests, asked, errors });
    if (!options.errorsExpected) assert.deepEqual(errors, [], 'the browser reported errors');
    return result;
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Opens the page and waits until it stands. Works for the served page and the one-file build. */
export async function open(page, address, query = '') {
  // By way of an empty page, or an address that differs in its hash only would not be loaded again.
  await page.goto('about:blank');
  await page.goto(address + query);
  await page.waitForSelector('main');
}

/** Both builds, as [name, options]. */
export const BUILDS = [
  ['served page', {}],
  ['one file', { oneFile: true }],
];

export const STEPS = ['open', 'task', 'quality', 'audit', 'prepare', 'augment', 'train', 'validate', 'decide', 'registry', 'report'];

/** The native command line, made by `./test`. */
export const COMMAND_LINE = process.env.WATERTIGHT ?? join(ROOT, 'target/debug/watertight');

/** What makes the offline forms of a built page, made by `./run` and `./test`. */
export const PACK = join(dirname(COMMAND_LINE), 'watertight-pack');

/** Writes a built-in sample, as the command line makes it, and gives its path. */
export function sampleFile(folder, name, rows = 0) {
  const path = join(folder, `${name}.csv`);
  writeFileSync(path, execFileSync(COMMAND_LINE, ['sample', name, '--rows', String(rows)], { maxBuffer: 1 << 30 }));
  return path;
}

/** A fresh folder that is gone after `work(folder)`. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Clicks the sample at that place of the list (0 studio, 1 sessions, 2 claims, 3 clean). */
export async function openSample(page, at) {
  await page.locator('.sample').nth(at).getByRole('button').click();
}

/** Chooses files through the page's own button. */
export async function chooseFiles(page, paths) {
  await page.locator('.sample').first().waitFor();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose file…' }).click()]);
  await chooser.setFiles(paths);
}

/** Waits until nothing runs and the file is there. */
export async function idle(page, timeout = 60_000) {
  await page.waitForFunction(() => document.querySelector('.bar-file .file')?.textContent && document.querySelector('.jobs.idle'), undefined, { timeout });
}

/** Shows a step. */
export async function show(page, step) {
  await page.evaluate((to) => { location.hash = to; }, step);
  await page.waitForFunction((to) => document.querySelector(`.step[href="#${to}"]`)?.getAttribute('aria-current') === 'step', step);
}

/** Runs everything, and gives the verdict's word. */
export async function verdict(page, timeout = 120_000) {
  const run = page.getByRole('button', { name: 'Run everything to the verdict' });
  const seen = page.locator('main a.btn[href="#decide"]');
  await run.or(seen).first().waitFor({ timeout });
  if (await run.isVisible()) {
    await idle(page, timeout);
    if (await run.isVisible()) await run.click();
  }
  await seen.first().click({ timeout });
  return page.locator('#verdict').innerText({ timeout });
}

/** Saves something from the Report step; gives its bytes. */
export async function save(page, name) {
  await show(page, 'report');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.exports').getByRole('button', { name, exact: true }).click()]);
  return readFileSync(await download.path());
}

/**
 * Lets the journey reach the page's workers: `globalThis.hands` lists them as { worker, name }, `globalThis.jobsGiven` counts the jobs they
 * were given. To be called before the page is opened.
 */
export async function watchWorkers(page) {
  await page.addInitScript(() => {
    const Real = globalThis.Worker;
    globalThis.hands = [];
    globalThis.jobsGiven = 0;
    globalThis.Worker = class extends Real {
      constructor(address, options) {
        super(address, options);
        globalThis.hands.push({ worker: this, name: options?.name });
        this.runsJobs = options?.name === 'job';
      }

      postMessage(message, moved) {
        // A kind, a number and a packed job: no other message to such a worker has three parts.
        if (this.runsJobs && message.length === 3) globalThis.jobsGiven += 1;
        return super.postMessage(message, moved);
      }
    };
  });
}

/** Notes every task of the page's thread above 50 ms in `globalThis.longTasks`. To be called before the page is opened. */
export async function watchLongTasks(page) {
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) globalThis.longTasks.push(Math.round(entry.duration)); }).observe({ entryTypes: ['longtask'] });
  });
}

/** Keys of what the browser keeps: "project", and one "job ..." for each finished job. */
export function keptKeys(page) {
  return page.evaluate(async () => {
    const names = await indexedDB.databases();
    if (!names.some(({ name }) => name === 'watertight')) return [];
    return new Promise((done) => {
      const request = indexedDB.open('watertight', 1);
      request.onsuccess = () => {
        const read = request.result.transaction('kept').objectStore('kept').getAllKeys();
        read.onsuccess = () => { request.result.close(); done(read.result); };
      };
      request.onerror = () => done([]);
    });
  });
}

/** Waits until the browser keeps the project, and at least so many finished jobs with it. */
export async function kept(page, jobs = 0) {
  for (let tries = 0; tries < 300; tries += 1) {
    const keys = await keptKeys(page);
    if (keys.includes('project') && keys.length > jobs) return;
    await page.waitForTimeout(100);
  }
  assert.fail('the project is not kept');
}
