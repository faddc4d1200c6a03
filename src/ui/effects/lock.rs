//! One writer of the kept project among all tabs: a Web Lock, held until the tab ends or another takes it over.

use js_sys::{Function, Object, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::DedicatedWorkerGlobalScope;

/// Name of the lock.
const NAME: &str = "watertight";

/// Tries to become the writer; with `take_over` in the place of the tab that is it. Gives whether this tab is the writer now; `lost`
/// is called when another tab takes over. Where the browser has no locks, or gives this page none, every tab writes.
pub async fn acquire(scope: &DedicatedWorkerGlobalScope, take_over: bool, lost: impl Fn() + 'static) -> bool {
    let mut settle: Option<Function> = None;
    let answer = Promise::new(&mut |resolve, _| settle = Some(resolve));
    let Some(settle) = settle else { return true };
    let held = Rc::new(Cell::new(false));
    let (holds, decide) = (Rc::clone(&held), settle.clone());
    let given = Closure::once_into_js(move |lock: JsValue| {
        holds.set(!lock.is_null());
        decide.call1(&JsValue::UNDEFINED, &holds.get().into()).unwrap_or_default();
        // The lock is held until this promise is settled: never.
        if holds.get() { Promise::new(&mut |_, _| {}).into() } else { JsValue::UNDEFINED }
    });
    let Ok(ended) = request(scope, take_over, &given) else { return true };
    spawn_local(async move {
        if JsFuture::from(ended).await.is_err() {
            if held.get() {
                lost();
            } else {
                settle.call1(&JsValue::UNDEFINED, &JsValue::TRUE).unwrap_or_default();
            }
        }
    });
    JsFuture::from(answer).await.is_ok_and(|held| held.is_truthy())
}

/// Asks for the lock (`LockManager` is behind a flag in web-sys, so it is asked for by name).
fn request(scope: &DedicatedWorkerGlobalScope, take_over: bool, given: &JsValue) -> Result<Promise, JsValue> {
    let locks = Reflect::get(&scope.navigator(), &"locks".into())?;
    let ask: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &if take_over { "steal" } else { "ifAvailable" }.into(), &JsValue::TRUE)?;
    ask.call3(&locks, &NAME.into(), &options, given)?.dyn_into()
}
