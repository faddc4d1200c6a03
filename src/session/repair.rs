//! Answers to findings: remedies, one or all of the first ones, and acceptances with what exactly was accepted.

use super::Session;
use crate::error::Result;
use crate::finding::{Finding, Remedy, Severity};
use crate::math::sort;
use crate::pipeline::fingerprint;
use crate::protocol::Wish;
use crate::report::block::plain;
use crate::report::suppress;
use crate::report::words::finding_block;
use crate::settings::{Accepted, Repair, Settings};

impl Session {
    /// Settings with a remedy applied and noted. `finding`: the one it answers, if the audit knows it.
    pub(super) fn remedied(&self, settings: &Settings, finding: &str, remedy: &Remedy) -> Settings {
        let mut next = settings.with_remedy(remedy);
        if let Some(found) = self.findings().into_iter().find(|f| f.id == finding) {
            let target = self.run.plan().map(|p| p.task.target.as_str());
            next.repairs.retain(|r| r.finding != found.id);
            next.repairs.push(Repair {
                found: plain(&finding_block(&found, target, None).title),
                finding: found.id,
                severity: found.severity,
                remedy: remedy.clone(),
                price: found.price,
            });
        }
        next
    }

    /// Settings with the first remedy of every open blocker and warning of the audit applied, the gravest first. A column that was answered once is
    /// left to the next audit.
    pub(super) fn repaired(&self) -> Settings {
        let outcome = &self.run.outcome;
        let open = outcome.open_findings(outcome.audit.as_ref(), Severity::Warning);
        let mut found: Vec<Finding> = self.findings().into_iter().filter(|f| open.contains(&f.id)).collect();
        sort::by_key(&mut found, |f| (f.severity, f.certainty));
        let mut next = self.settings.clone();
        let mut answered: Vec<String> = Vec::new();
        for finding in found {
            let Some(remedy) = finding.remedies.first() else { continue };
            if !finding.columns.is_empty() && finding.columns.iter().all(|c| answered.contains(c)) {
                continue;
            }
            next = self.remedied(&next, &finding.id, remedy);
            answered.extend(finding.columns);
        }
        next
    }

    /// Findings of the audit as others may see them: what is noted of them goes into files that are shared.
    fn findings(&self) -> Vec<Finding> {
        let Some((audit, table)) = self.run.outcome.audit.as_ref().zip(self.files.table()) else { return Vec::new() };
        suppress::checked(audit, table).into_iter().flat_map(|c| c.findings).collect()
    }

    /// Accepts a finding; an empty reason takes the acceptance back.
    pub(super) fn accept(&mut self, finding: String, reason: &str, wishes: &mut Vec<Wish>) -> Result<()> {
        let mut next = self.settings.clone();
        next.accepted.retain(|a| a.finding != finding);
        if !reason.is_empty() {
            let fingerprint = self.fingerprint(&finding).unwrap_or_default();
            next.accepted.push(Accepted { finding, reason: reason.to_owned(), fingerprint });
        }
        self.change(next, wishes)
    }

    /// Fills in what exactly was accepted, where only the finding was named.
    pub(super) fn complete_accepted(&mut self) {
        let mut completed = false;
        for at in 0..self.settings.accepted.len() {
            let accepted = &self.settings.accepted[at];
            if accepted.fingerprint.is_empty()
                && let Some(fingerprint) = self.fingerprint(&accepted.finding)
            {
                self.settings.accepted[at].fingerprint = fingerprint;
                completed = true;
            }
        }
        if let Some(table) = self.files.table().filter(|_| completed) {
            self.run.take_accepted(&self.settings.accepted, table);
        }
    }

    fn fingerprint(&self, finding: &str) -> Option<Vec<(String, String)>> {
        let (finding, table) = self.run.outcome.finding(finding).zip(self.files.table())?;
        Some(fingerprint(finding, table))
    }
}
