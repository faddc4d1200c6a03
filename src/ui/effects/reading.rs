//! Streams a chosen file slice by slice. The next slice is read while the present one is parsed, and the worker returns to its
//! event loop between slices, so that a cancel is heard within one of them.

use crate::protocol::{Error, Result};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

/// Bytes of a slice: large enough that reading costs little beside parsing, small enough (about 40 ms of parsing) to stay responsive.
pub const SLICE: f64 = 4.0 * 1024.0 * 1024.0;

/// A file being read.
#[derive(Debug)]
pub struct Reader {
    file: File,
    at: f64,
    next: Option<Promise>,
}

impl Reader {
    /// A reader at the start of the file.
    #[must_use]
    pub fn new(file: File) -> Self {
        let mut reader = Self { file, at: 0.0, next: None };
        reader.request();
        reader
    }

    /// Bytes in the file.
    #[must_use]
    pub fn size(&self) -> f64 {
        self.file.size()
    }

    /// The next slice; `None` at the end.
    ///
    /// # Errors
    /// The file can no longer be read.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(promise) = self.next.take() else { return Ok(None) };
        let buffer = JsFuture::from(promise).await.map_err(|why| self.refusal(&why))?;
        self.request();
        Ok(Some(Uint8Array::new(&buffer).to_vec()))
    }

    fn request(&mut self) {
        let size = self.file.size();
        if self.at < size {
            let end = (self.at + SLICE).min(size);
            self.next = self.file.slice_with_f64_and_f64(self.at, end).ok().map(|slice| slice.array_buffer());
            self.at = end;
        }
    }

    fn refusal(&self, why: &JsValue) -> Error {
        Error::unreadable_file(&self.file.name(), &reason(why))
    }
}

/// A whole file.
///
/// # Errors
/// The file cannot be read.
pub async fn whole(file: &File) -> Result<Vec<u8>> {
    let blob: &Blob = file;
    match JsFuture::from(blob.array_buffer()).await {
        Ok(buffer) => Ok(Uint8Array::new(&buffer).to_vec()),
        Err(why) => Err(Error::unreadable_file(&file.name(), &reason(&why))),
    }
}

/// What the browser says about a failure, without a full stop at the end.
#[must_use]
pub fn reason(why: &JsValue) -> String {
    let text = js_sys::Reflect::get(why, &"message".into()).ok().and_then(|message| message.as_string()).unwrap_or_else(|| "no reason given".into());
    let name = why.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::name);
    match name {
        Some(name) if text.is_empty() => name,
        _ => text.trim_end_matches('.').to_owned(),
    }
}
