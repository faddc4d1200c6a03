// SAFETY row 7: the page forbids itself, and its workers, every connection. A spy on another origin counts what arrives.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { BUILDS, open, visit } from '../browser.mjs';

/** A server that answers everything, as permissively as a server can, and counts. */
async function spy() {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'content-type': 'text/html' }).end('<p>heard</p>');
  });
  server.on('upgrade', (request, socket) => { heard.push(`UPGRADE ${request.url}`); socket.destroy(); });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { heard, address: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }) };
}

/** Every way out of a page we know of, but for navigating away. */
const ATTEMPTS = {
  fetch: (to) => { fetch(to + 'fetch', { mode: 'no-cors' }).catch(() => {}); },
  xhr: (to) => { const x = new XMLHttpRequest(); x.open('GET', to + 'xhr'); x.send(); },
  beacon: (to) => { navigator.sendBeacon(to + 'beacon', 'x'); },
  image: (to) => { new Image().src = to + 'image'; },
  socket: (to) => { new WebSocket(to.replace('http', 'ws') + 'socket'); },
  events: (to) => { new EventSource(to + 'events'); },
  script: (to) => { const s = document.createElement('script'); s.src = to + 'script'; document.head.append(s); },
  style: (to) => { const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = to + 'style'; document.head.append(l); },
  frame: (to) => { const f = document.createElement('iframe'); f.src = to + 'frame'; document.body.append(f); },
  media: (to) => { const a = document.createElement('audio'); a.src = to + 'media'; a.load(); document.body.append(a); },
  object: (to) => { const o = document.createElement('object'); o.data = to + 'object'; document.body.append(o); },
  form: (to) => { const f = document.createElement('form'); f.action = to + 'form'; f.method = 'post'; f.target = 'elsewhere'; document.body.append(f); f.submit(); },
  worker: (to) => { new Worker(to + 'worker'); },
};

async function attempt(page, to) {
  for (const way of Object.values(ATTEMPTS)) {
    // What a browser throws at a refused attempt differs; what counts is whether the spy hears of it.
    await page.evaluate(`try { (${way})(${JSON.stringify(to)}) } catch { /* refused */ }`).catch(() => {});
  }
  await page.waitForTimeout(500);
}

test('control: without our policy the same attempts do arrive, so the spy can hear', async () => {
  const other = await spy();
  try {
    await visit({ errorsExpected: true }, async ({ page }) => {
      await page.goto(other.address + 'plain');
      await attempt(page, other.address);
    });
    for (const name of ['fetch', 'xhr', 'beacon', 'image', 'socket', 'events', 'script', 'style', 'frame', 'form', 'worker']) {
      assert.ok(other.heard.some((line) => line.endsWith(`/${name}`)), `${name} was not heard: ${other.heard}`);
    }
  } finally {
    await other.close();
  }
});

for (const [name, options] of BUILDS) {
  test(`${name}: no attempt from the page reaches another origin`, async () => {
    const other = await spy();
    try {
      await visit({ ...options, errorsExpected: true }, async ({ page, address }) => {
        await open(page, address);
        await attempt(page, other.address);
      });
      assert.deepEqual(other.heard, []);
    } finally {
      await other.close();
    }
  });

  test(`${name}: no attempt from a worker reaches another origin`, async () => {
    const other = await spy();
    try {
      await visit({ ...options, errorsExpected: true }, async ({ page, address }) => {
        await open(page, address, '?workers=1');
        await page.waitForFunction(() => true);
        const workers = page.workers();
        assert.ok(workers.length >= 2, 'a session worker and a job worker');
        for (const worker of workers) {
          const refused = await worker.evaluate(async (to) => {
            const told = [];
            await fetch(to + 'fetch', { mode: 'no-cors' }).catch(() => told.push('fetch'));
            try { importScripts(to + 'script'); } catch { told.push('script'); }
            await new Promise((done) => { try { const s = new WebSocket(to.replace('http', 'ws') + 'socket'); s.onerror = () => { told.push('socket'); done(); }; } catch { told.push('socket'); done(); } });
            return told;
          }, other.address);
          assert.deepEqual(refused, ['fetch', 'script', 'socket']);
        }
      });
      assert.deepEqual(other.heard, []);
    } finally {
      await other.close();
    }
  });
}

test('served page: text cannot become code', async () => {
  await visit({ errorsExpected: true }, async ({ page, address }) => {
    await open(page, address);
    await page.evaluate(() => {
      const host = document.createElement('div');
      host.innerHTML = '<img src="data:image/none," onerror="window.hacked = 1">';
      document.body.append(host);
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 2';
      document.body.append(script);
    });
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });
});
