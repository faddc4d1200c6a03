// Runs a test program built for wasm32-wasip1: the native suites, unchanged, on the arithmetic and the 32-bit sizes of the browser.
//   CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings tests/browser/wasi.mjs" cargo test --target wasm32-wasip1
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [program, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: [program, ...args],
  // Where cargo says the crate is; tests find their fixtures from there.
  env: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(CARGO_|RUST_|PROPTEST_)/.test(name))),
  preopens: { '/': '/', '.': process.cwd() },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
