//! Findings, gates and terms in words.
pub mod gates;
