// The offline copy: keeps every file of one build, checked against its SHA-256, and serves that set as a whole.
// `watertight-pack` writes BUILD (a fingerprint of all files) and FILES ([path, SHA-256] of each) above this line's file.
// A new build waits until no page of the old one is open, so pages never see a mixture.
'use strict';
const PREFIX = 'watertight-';
const NAME = PREFIX + BUILD;

async function checked([path, sha256]) {
  const response = await fetch(path, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer()));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== sha256) throw new Error(`${path} is of another build`);
  return [path, response];
}

addEventListener('install', (event) => event.waitUntil((async () => {
  const files = await Promise.all(FILES.map(checked));
  const cache = await caches.open(NAME);
  await Promise.all(files.map(([path, response]) => cache.put(path, response)));
})()));

addEventListener('activate', (event) => event.waitUntil((async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await clients.claim();
})()));

addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const folder = new URL('./', location.href).href;
  if (method !== 'GET' || !url.startsWith(folder)) return;
  const path = url.slice(folder.length).split(/[?#]/)[0] || 'index.html';
  if (!FILES.some(([known]) => known === path)) return;
  event.respondWith((async () => (await (await caches.open(NAME)).match(path)) ?? fetch(event.request))());
});
