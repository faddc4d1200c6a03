//! The project kept in this browser between visits: one record in IndexedDB, written with strict durability, read back and compared;
//! beside it one record for each finished job of its run, and one for each version of the registry.
//!
//! Whatever fails, what is in memory stays as it is; the caller shows a banner that offers to save a file instead.

use super::reading::reason;
use crate::pipeline::KEY_BYTES;
use gloo::events::EventListener;
use js_sys::{Array, Date, Function, Object, Promise, Reflect, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

/// Name of the database.
const DATABASE: &str = "watertight";
/// Name of its only store.
const STORE: &str = "kept";
/// Key of the project.
const RECORD: &str = "project";
/// Keys of finished jobs lie between these two.
const JOBS: [&str; 2] = ["job ", "job!"];
/// Keys of versions of the registry lie between these two.
const VERSIONS: [&str; 2] = ["version ", "version!"];

/// What is known about the kept project without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Name of its training file.
    pub name: String,
    /// When it was kept: ISO 8601, UTC.
    pub saved: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Why something could not be kept or read, in the browser's words.
pub type Why = String;

/// Keeps the project: writes, reads back, compares.
///
/// # Errors
/// The browser refuses (quota, private mode), or what it gives back differs.
pub async fn write(scope: &DedicatedWorkerGlobalScope, name: &str, bytes: &[u8]) -> Result<Label, Why> {
    let put = async {
        let database = open(scope).await?;
        let label = Object::new();
        let saved = String::from(Date::new_0().to_iso_string());
        for (key, value) in [("name", JsValue::from(name)), ("saved", saved.as_str().into()), ("bytes", Uint8Array::from(bytes).buffer().into())] {
            Reflect::set(&label, &key.into(), &value)?;
        }
        let (transaction, store) = transaction(&database, "readwrite")?;
        store.put_with_key(&label, &RECORD.into())?;
        done(&transaction).await?;
        database.close();
        Ok(saved)
    };
    let saved = put.await.map_err(|why: JsValue| reason(&why))?;
    match read(scope).await? {
        Some((label, back)) if back == bytes && label.saved == saved => Ok(label),
        _ => Err("what was read back differs from what was written".into()),
    }
}

/// The kept project with its label; `None` if there is none.
///
/// # Errors
/// The browser gives no access.
pub async fn read(scope: &DedicatedWorkerGlobalScope) -> Result<Option<(Label, Vec<u8>)>, Why> {
    let get = async {
        let database = open(scope).await?;
        let (_, store) = transaction(&database, "readonly")?;
        let record = answer(&store.get(&RECORD.into())?).await?;
        database.close();
        if record.is_undefined() {
            return Ok(None);
        }
        let text = |key: &str| Reflect::get(&record, &key.into()).ok().and_then(|value| value.as_string()).unwrap_or_default();
        let bytes = Uint8Array::new(&Reflect::get(&record, &"bytes".into())?).to_vec();
        Ok(Some((Label { name: text("name"), saved: text("saved"), bytes: bytes.len() as u64 }, bytes)))
    };
    get.await.map_err(|why: JsValue| reason(&why))
}

/// Keeps a finished job under a key of its own. One that is lost is only run again, so nothing is read back.
///
/// # Errors
/// The browser refuses.
pub async fn write_job(scope: &DedicatedWorkerGlobalScope, record: &[u8]) -> Result<(), Why> {
    let key = record.iter().take(KEY_BYTES).fold(JOBS[0].to_owned(), |key, byte| format!("{key}{byte:02x}"));
    changed(scope, |store| store.put_with_key(&Uint8Array::from(record).buffer(), &key.into()).map(drop)).await
}

/// All finished jobs.
///
/// # Errors
/// The browser gives no access.
pub async fn jobs(scope: &DedicatedWorkerGlobalScope) -> Result<Vec<Vec<u8>>, Why> {
    let get = async {
        let database = open(scope).await?;
        let (_, store) = transaction(&database, "readonly")?;
        let records: Array = answer(&store.get_all_with_key(&between(JOBS)?)?).await?.dyn_into()?;
        database.close();
        Ok(records.iter().map(|record| Uint8Array::new(&record).to_vec()).collect())
    };
    get.await.map_err(|why: JsValue| reason(&why))
}

/// Keeps a version of the registry under its id, or deletes it.
///
/// # Errors
/// The browser refuses.
pub async fn write_version(scope: &DedicatedWorkerGlobalScope, id: &str, line: Option<&str>) -> Result<(), Why> {
    let key = JsValue::from(format!("{}{id}", VERSIONS[0]));
    changed(scope, |store| match line {
        Some(line) => store.put_with_key(&line.into(), &key).map(drop),
        None => store.delete(&key).map(drop),
    })
    .await
}

/// All versions of the registry, one a line.
///
/// # Errors
/// The browser gives no access.
pub async fn versions(scope: &DedicatedWorkerGlobalScope) -> Result<Vec<String>, Why> {
    let get = async {
        let database = open(scope).await?;
        let (_, store) = transaction(&database, "readonly")?;
        let records: Array = answer(&store.get_all_with_key(&between(VERSIONS)?)?).await?.dyn_into()?;
        database.close();
        Ok(records.iter().filter_map(|record| record.as_string()).collect())
    };
    get.await.map_err(|why: JsValue| reason(&why))
}

/// Deletes all finished jobs.
///
/// # Errors
/// The browser gives no access.
pub async fn forget_jobs(scope: &DedicatedWorkerGlobalScope) -> Result<(), Why> {
    changed(scope, |store| store.delete(&between(JOBS)?).map(drop)).await
}

/// Keys between two.
fn between([first, last]: [&str; 2]) -> Result<JsValue, JsValue> {
    IdbKeyRange::bound(&first.into(), &last.into()).map(JsValue::from)
}

/// Deletes the kept project and its finished jobs.
///
/// # Errors
/// The browser gives no access.
pub async fn forget(scope: &DedicatedWorkerGlobalScope) -> Result<(), Why> {
    changed(scope, |store| {
        store.delete(&RECORD.into())?;
        store.delete(&between(JOBS)?).map(drop)
    })
    .await
}

/// Changes the store in one durable transaction.
async fn changed(scope: &DedicatedWorkerGlobalScope, change: impl FnOnce(&IdbObjectStore) -> Result<(), JsValue>) -> Result<(), Why> {
    let change = async {
        let database = open(scope).await?;
        let (transaction, store) = transaction(&database, "readwrite")?;
        change(&store)?;
        done(&transaction).await?;
        database.close();
        Ok(())
    };
    change.await.map_err(|why: JsValue| reason(&why))
}

/// Asks the browser, once a visit, not to evict what is kept. It may say no; nothing depends on the answer.
pub fn ask_to_persist() {
    thread_local! { static ASKED: Cell<bool> = const { Cell::new(false) }; }
    if !ASKED.replace(true) {
        let storage = gloo::utils::window().navigator().storage();
        if let Ok(promise) = storage.persist() {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(promise).await;
            });
        }
    }
}

async fn open(scope: &DedicatedWorkerGlobalScope) -> Result<IdbDatabase, JsValue> {
    let factory = scope.indexed_db()?.ok_or_else(|| JsValue::from(js_sys::Error::new("this browser has no storage for pages")))?;
    let request = factory.open_with_u32(DATABASE, 1)?;
    let opening = request.clone();
    let _upgrade = EventListener::new(&request, "upgradeneeded", move |_| {
        if let Some(database) = opening.result().ok().and_then(|result| result.dyn_into::<IdbDatabase>().ok()) {
            // A failure here fails the opening itself, which is reported.
            let _ = database.create_object_store(STORE);
        }
    });
    answer(&request).await?.dyn_into()
}

/// A transaction that is durable when it says so (`IdbTransactionOptions` is behind a flag in web-sys, so it is asked for by name).
fn transaction(database: &IdbDatabase, mode: &str) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let make: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    let transaction: IdbTransaction = make.call3(database, &Array::of1(&STORE.into()), &mode.into(), &options)?.dyn_into()?;
    let store = transaction.object_store(STORE)?;
    Ok((transaction, store))
}

async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    settled(request, "success", "error").await.map_err(|()| request.error().ok().flatten().map_or(JsValue::UNDEFINED, JsValue::from))?;
    request.result()
}

async fn done(transaction: &IdbTransaction) -> Result<(), JsValue> {
    settled(transaction, "complete", "abort").await.map_err(|()| transaction.error().map_or(JsValue::UNDEFINED, JsValue::from))
}

/// Waits for one of two events.
async fn settled(target: &web_sys::EventTarget, good: &str, bad: &str) -> Result<(), ()> {
    let promise = Promise::new(&mut |resolve, reject| {
        for (name, settle) in [(good, resolve), (bad, reject)] {
            let listener = Closure::once_into_js(move |_: web_sys::Event| settle.call0(&JsValue::UNDEFINED).map_or((), |_| ()));
            // Only a malformed call could fail here.
            target.add_event_listener_with_callback(name, listener.unchecked_ref()).unwrap_or_default();
        }
    });
    JsFuture::from(promise).await.map_or(Err(()), |_| Ok(()))
}
