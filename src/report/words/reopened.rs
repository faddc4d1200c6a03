//! Why a finding that was accepted is open again.

/// One sentence: what was accepted, and what is different now. `changed`: term, then, now.
#[must_use]
pub fn reopened(reason: &str, changed: &[(String, String, String)]) -> String {
    let one = |(term, then, now): &(String, String, String)| match (then.is_empty(), now.is_empty()) {
        (true, _) => format!("{term} is {now}"),
        (_, true) => format!("{term} was {then}"),
        _ => format!("{term} was {then} and is {now}"),
    };
    let shown: Vec<String> = changed.iter().take(TOLD).map(one).collect();
    format!("It was accepted (“{reason}”) and is open again: {}.", shown.join("; "))
}

/// Most differences told.
const TOLD: usize = 3;
