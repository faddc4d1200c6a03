//! rules
use super::Rule;
/// All rules.
pub const RULES: &[Rule] = &[];
