//! x
use super::block::Report;
/// x
#[must_use]
pub fn markdown(_: &Report) -> String {
    String::new()
}
