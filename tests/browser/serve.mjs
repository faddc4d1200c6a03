// Serves a folder on 127.0.0.1: `node serve.mjs DIR [PORT]`. Port 0 or none: a free one. Prints the address.
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Starts the server; `heard` is called with the method and address of every request. */
export function serve(folder, port = 0, heard = () => {}) {
  const root = realpathSync(folder);
  const server = createServer((request, response) => {
    heard(request.method, request.url);
    const refuse = (status) => response.writeHead(status, { 'content-type': 'text/plain' }).end(String(status));
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    let path;
    try {
      path = normalize(join(root, decodeURIComponent(request.url.split('?')[0])));
      if (path !== root && !path.startsWith(root + sep)) return refuse(404);
      if (statSync(path).isDirectory()) path = join(path, 'index.html');
      const { size } = statSync(path);
      // no-cache: ask again each time, so that a new build is seen at once. The service worker keeps the offline copy.
      response.writeHead(200, {
        'cache-control': 'no-cache',
        'content-length': size,
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      if (request.method === 'HEAD') return response.end();
      createReadStream(path).pipe(response);
    } catch {
      refuse(404);
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = `http://127.0.0.1:${server.address().port}/`;
      resolve({
        address,
        close: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
      });
    });
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder, port = '0'] = process.argv.slice(2);
  if (!folder || !/^\d+$/.test(port)) {
    console.error('usage: node serve.mjs DIR [PORT]');
    process.exit(2);
  }
  try {
    const { address } = await serve(folder, Number(port));
    console.log(`Watertight is at ${address} (Ctrl-C ends it)`);
  } catch (why) {
    console.error(why.code === 'EADDRINUSE' ? `Port ${port} is taken: give another one, or none for a free one.` : why.message);
    process.exit(1);
  }
}
