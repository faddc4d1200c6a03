// What every journey needs: the built page being served, a browser, and a page whose errors fail the journey.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

export const HERE = import.meta.dirname;
export const ROOT = resolve(HERE, '../..');
export const DIST = resolve(process.env.WATERTIGHT_DIST ?? join(ROOT, 'dist'));
export const SHOTS = join(HERE, 'shots');
export const ONE_FILE = pathToFileURL(join(DIST, 'watertight.html')).href;
mkdirSync(SHOTS, { recursive: true });

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

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
  await page.goto(address + query);
  await page.waitForSelector('main');
}

/** Both builds, as [name, options]. */
export const BUILDS = [
  ['served page', {}],
  ['one file', { oneFile: true }],
];
