//! words
pub mod glossary;
pub mod reading;
