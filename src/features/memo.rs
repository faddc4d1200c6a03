//! A place for something costly that can always be made again from the rest of its owner: not saved, not compared.

use std::sync::{Arc, OnceLock};

/// Made at first use and then kept. Clones share what was made; two of them are always equal, because what they hold follows from their owners.
#[derive(Debug)]
pub(crate) struct Memo<T>(OnceLock<Arc<T>>);

impl<T> Memo<T> {
    /// What is kept, made now if this is the first use.
    pub(crate) fn get_or(&self, make: impl FnOnce() -> T) -> Arc<T> {
        Arc::clone(self.0.get_or_init(|| Arc::new(make())))
    }
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Memo<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
