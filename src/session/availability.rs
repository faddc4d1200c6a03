//! The availability grid: for each feature whether its value is known when predicting, as far as the audit shows.
//!
//! A certificate shows that only the past is read; a date and its parts are known ahead; what the audit proves to come too late is not
//! known; what only the person can know is asked.

use super::Session;
use crate::derived::Known;
use crate::finding::{Evidence, Finding, Severity};
use crate::protocol::KnownView;
use crate::report::words::availability::{Shown, why};
use crate::task::Task;

impl Session {
    /// One row a feature, in file order.
    pub(super) fn known_views(&self) -> Vec<KnownView> {
        let Some(plan) = self.run.plan() else { return Vec::new() };
        let findings: Vec<&Finding> = self.run.outcome.audit.iter().flatten().flat_map(|c| &c.findings).collect();
        plan.task.features.iter().map(|name| self.known_view(name, &plan.task, &findings)).collect()
    }

    fn known_view(&self, name: &str, task: &Task, findings: &[&Finding]) -> KnownView {
        if self.run.outcome.audit.is_none() {
            return KnownView { column: name.to_owned(), guess: None, asked: false, why: String::new() };
        }
        let (guess, shown) = shown(name, task, findings);
        let replaced = self.settings.derivations(Some(&task.target)).into_iter().find(|d| d.column == name);
        KnownView { column: name.to_owned(), asked: matches!(shown, Shown::Asked { .. }), guess, why: why(&shown, replaced.as_ref()) }
    }
}

/// What the findings show of a column.
fn shown<'f>(name: &str, task: &Task, findings: &[&'f Finding]) -> (Option<Known>, Shown<'f>) {
    if task.time.as_deref() == Some(name) {
        return (Some(Known::Yes), Shown::Time);
    }
    let about: Vec<&&Finding> = findings.iter().filter(|f| f.columns.iter().any(|c| c == name)).collect();
    let made = about.iter().find_map(|f| if let Evidence::Derivation(d) = &f.evidence { Some((f.severity, &**d)) } else { None });
    let asked = about.iter().find_map(|f| match &f.evidence {
        Evidence::Setting { name, value } if name == "horizon" => Some(value.as_str()),
        _ => None,
    });
    match (made, asked) {
        (Some((Severity::Blocker, derived)), _) => (Some(Known::No), Shown::TooLate { formula: &derived.formula }),
        (_, Some(ahead)) => (Some(Known::Late(0)), Shown::Asked { ahead }),
        (Some((Severity::Safe, derived)), _) => (Some(Known::Yes), Shown::Past { formula: &derived.formula }),
        (Some((_, derived)), _) => (Some(Known::Yes), Shown::Made { formula: &derived.formula }),
        (None, None) => match about.iter().find(|f| f.severity == Severity::Blocker) {
            Some(_) => (Some(Known::No), Shown::GivesAway),
            None => (Some(Known::Yes), Shown::SameRow { horizon: task.horizon }),
        },
    }
}
