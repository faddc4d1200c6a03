//! A session whose audit is watched, stopped and gone on with.

use super::Session;
use crate::pipeline::{Context, Job};
use crate::protocol::{Command, Event, Section, Step, Wish};
use std::collections::VecDeque;

/// A shell that runs jobs one by one.
#[derive(Default)]
struct Shell {
    session: Session,
    context: Context,
    jobs: VecDeque<(u64, Job)>,
    /// Every audit section told, and every stage named.
    audits: Vec<Section>,
    stages: Vec<String>,
}

impl Shell {
    fn command(&mut self, command: Command) {
        let wishes = self.session.command(command);
        self.fulfil(wishes);
    }

    fn fulfil(&mut self, wishes: Vec<Wish>) {
        for wish in wishes {
            match wish {
                Wish::Context(part) => self.context.set(*part),
                Wish::Start(jobs) => self.jobs.extend(jobs),
                Wish::Stop => self.jobs.clear(),
                Wish::Tell(Event::Section { step: Step::Audit, section }) => self.audits.push(*section),
                Wish::Tell(Event::Progress { stage, .. }) => self.stages.push(stage),
                _ => {}
            }
        }
    }

    /// Runs jobs until `enough` of the audit's are done or none is left.
    fn work(&mut self, enough: usize) -> Vec<Job> {
        let mut checks = Vec::new();
        while checks.len() < enough {
            let Some((id, job)) = self.jobs.pop_front() else { break };
            let result = self.context.run(job, &mut |_, _| ());
            checks.extend(matches!(job, Job::Check(_)).then_some(job));
            let wishes = self.session.job_done(id, result);
            self.fulfil(wishes);
        }
        checks
    }

    fn studio() -> Self {
        let mut shell = Self::default();
        shell.command(Command::OpenSample { id: "studio".into(), rows: 0 });
        shell
    }

    fn last(&self) -> String {
        serde_json::to_string(self.audits.last().unwrap()).unwrap()
    }
}

#[test]
fn a_cancelled_audit_keeps_what_is_known_says_what_is_not_and_goes_on_to_the_same_end() {
    let mut whole = Shell::studio();
    let all = whole.work(usize::MAX).len();

    let mut cut = Shell::studio();
    let first = cut.work(6);
    cut.command(Command::Cancel);
    assert_eq!(cut.last().matches("\"text\":\"cancelled\"").count(), all - 6, "{}", cut.last());
    assert!(cut.last().contains("have not run") || cut.last().contains("checks have"), "{}", cut.last());
    assert!(cut.work(usize::MAX).is_empty(), "nothing runs after a cancel");

    cut.command(Command::Run { to: Step::Audit });
    let rest = cut.work(usize::MAX);
    assert!(rest.iter().all(|job| !first.contains(job)) && rest.len() == all - 6, "only what had not run is run");
    assert_eq!(cut.last(), whole.last());
}

#[test]
fn findings_come_as_they_are_found_and_the_long_search_is_announced_with_its_size() {
    let mut shell = Shell::studio();
    shell.work(usize::MAX);
    let told: Vec<String> = shell.audits.iter().map(|s| serde_json::to_string(s).unwrap()).collect();
    assert!(told.iter().any(|t| t.contains("not run yet")), "{} sections were told", told.len());
    assert!(!shell.last().contains("not run yet"));
    let announced = shell.stages.iter().find(|s| s.contains("a formula for each column")).expect("announced");
    assert!(announced.contains("80 rows × 1"), "{announced}");
}
