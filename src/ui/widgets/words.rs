//! Words of the page's own controls for values of the protocol.

use crate::protocol::{FileRole, Kind, Role, Strategy, TaskKind};

/// A count with its unit ("1 row", "12,330 rows").
pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// A whole number with commas between thousands.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A size in bytes as a person reads it.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB"];
    let mut tenths = bytes.saturating_mul(10);
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < units.len() {
        tenths /= 1024;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or("GiB");
    if unit == 0 { format!("{} {name}", thousands(bytes)) } else { format!("{}.{} {name}", thousands(tenths / 10), tenths % 10) }
}

/// A fingerprint in groups, shortened in the middle.
pub(crate) fn fingerprint(hash: &str) -> String {
    match (hash.get(0..4), hash.get(4..8), hash.get(hash.len().saturating_sub(4)..)) {
        (Some(a), Some(b), Some(c)) if hash.len() > 12 => format!("{a} {b} … {c}"),
        _ => hash.to_owned(),
    }
}

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
