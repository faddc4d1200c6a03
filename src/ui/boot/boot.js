// Starts the page: compiles the wasm once and hands the same compiled module to every worker, so that page and workers are
// always of one build. Names come from the data-* attributes of this script; in the one-file build, which has none, the same
// parts are elements of the page.
'use strict';
{
  const { glue, wasm, build = wasm } = document.currentScript.dataset;
  const part = (id) => document.getElementById(id).textContent;

  // What a worker does: wait for the module, start it. Its main() sees that there is no window.
  function worker(build) {
    globalThis.build = build; // what this worker keeps is found again by the same build only
    onunhandledrejection = (event) => { throw event.reason; }; // so that the page hears of it
    onmessage = ({ data }) => { onmessage = null; wasm_bindgen.initSync({ module: data }); };
  }

  async function compile() {
    if (wasm) {
      const response = await fetch(wasm);
      if ((response.headers.get('content-type') || '').startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
      return WebAssembly.compile(await response.arrayBuffer());
    }
    const packed = Uint8Array.from(atob(part('watertight-wasm')), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compile(await new Response(stream).arrayBuffer());
  }

  function load(src) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = src;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${src} cannot be loaded`));
      document.head.append(script);
    });
  }

  async function boot() {
    const [module, text] = await Promise.all([compile(), glue ? fetch(glue).then((answer) => answer.text()) : part('watertight-glue'), glue && load(glue)]);
    // Workers are made from text, not from an address: they inherit this page's policy, and starting one asks the network for nothing.
    const address = URL.createObjectURL(new Blob([text, `\n(${worker})(${JSON.stringify(build)});`], { type: 'text/javascript' }));
    globalThis.watertight = {
      worker(name) {
        const one = new Worker(address, { name });
        one.postMessage(module);
        return one;
      },
    };
    await wasm_bindgen({ module_or_path: module });
    if (wasm && 'serviceWorker' in navigator) navigator.serviceWorker.register('sw.js').catch((why) => console.info('No offline copy:', why.message));
  }

  boot().catch((why) => {
    console.error(why);
    document.body.textContent = `Watertight cannot start in this browser: ${why.message}. A current Chromium, Firefox or Safari with WebAssembly is needed.`;
  });
}
