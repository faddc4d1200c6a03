//! checks
use super::Check;
/// All checks.
pub const CHECKS: &[Check] = &[];
