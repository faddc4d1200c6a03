//! Words of the page's own controls for values of the protocol.

use crate::protocol::{FileRole, Kind, Role, Strategy, TaskKind};

/// Name of a kind on screen.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Numeric => "number",
        Kind::Boolean => "yes / no",
        Kind::Categorical => "category",
        Kind::Timestamp => "date",
        Kind::Text => "text",
        Kind::Identifier => "identifier",
    }
}

/// Name of a role on screen.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Feature => "feature",
        Role::Target => "target",
        Role::Time => "time",
        Role::Entity => "entity",
        Role::Weight => "weight",
        Role::Ignored => "left out",
    }
}

/// Name of a file's role on screen.
pub(crate) fn file_role(role: FileRole) -> &'static str {
    match role {
        FileRole::Train => "train",
        FileRole::Test => "test",
        FileRole::New => "new, to predict",
    }
}

/// Name of a task kind on screen.
pub(crate) fn task_kind(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Regression => "a number (regression)",
        TaskKind::Binary => "one of two classes",
        TaskKind::Multiclass => "one of several classes",
    }
}

/// Name of a strategy on screen.
pub(crate) fn strategy(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Auto => "guessed",
        Strategy::Random => "random",
        Strategy::Stratified => "stratified by the target",
        Strategy::Grouped => "grouped by entity",
        Strategy::TimeOrdered => "in time order",
    }
}

/// Identifier of a strategy in a picker.
pub(crate) fn strategy_id(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Auto => "auto",
        Strategy::Random => "random",
        Strategy::Stratified => "stratified",
        Strategy::Grouped => "grouped",
        Strategy::TimeOrdered => "time_ordered",
    }
}

/// All strategies in the order of the picker.
pub(crate) const STRATEGIES: [Strategy; 5] = [Strategy::Auto, Strategy::Random, Strategy::Stratified, Strategy::Grouped, Strategy::TimeOrdered];
