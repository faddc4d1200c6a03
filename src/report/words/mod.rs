//! Words: findings, gates and terms of the field in sentences.
pub mod gates;
pub mod glossary;
