//! learners
pub mod baseline;
pub mod neighbours;
use super::Learner;
/// All learners, baseline first.
pub const LEARNERS: &[Learner] = &[];
