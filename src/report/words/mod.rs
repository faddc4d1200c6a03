//! words
pub mod reading;
