//! words
pub mod glossary;
