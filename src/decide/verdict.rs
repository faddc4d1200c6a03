//! The rule that turns measured quantities into go, caution or no-go.

use super::measure::measure;
use super::{DecisionInput, Gate, Measured, Quantity};
use serde::{Deserialize, Serialize};

/// What a gate came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// The whole interval is on the right side of the limit.
    Pass,
    /// The interval crosses the limit, or the quantity could not be computed.
    Undecided,
    /// The whole interval is on the wrong side.
    Fail,
}

/// Why a gate is undecided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The interval crosses the limit.
    Crosses,
    /// The quantity was not measured, or could not be computed.
    NotComputable,
    /// An estimate from so few rows that it has no interval.
    NoInterval,
    /// The whole interval is between the limit for go and the one for caution.
    Between,
}

/// One gate with what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate.
    pub gate: Gate,
    /// What it came to.
    pub state: GateState,
    /// The value; `None` when not computable.
    pub value: Option<f64>,
    /// 95 % interval; `None` for counts and scores, which are judged as they are.
    pub interval: Option<(f64, f64)>,
    /// Rows the value rests on, where it is an estimate.
    pub n_rows: Option<u64>,
    /// Why it is undecided, if it is.
    pub doubt: Option<Doubt>,
}

/// Which of the three outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every gate passes.
    Go,
    /// None fails, at least one is undecided.
    Caution,
    /// A gate fails, a blocker is open, or nothing was tested.
    NoGo,
}

/// What the verdict rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// These blockers are open, by finding id.
    OpenBlockers {
        /// The findings.
        findings: Vec<String>,
    },
    /// Nothing was tested: no gate was measured, no audit check ran, or no row was judged.
    NothingTested,
    /// These gates fail, by gate id.
    Fails {
        /// The gates.
        gates: Vec<String>,
    },
    /// These gates are undecided, by gate id.
    Undecided {
        /// The gates.
        gates: Vec<String>,
    },
    /// Every gate passes.
    AllPass,
}

/// The outcome with its gates and reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Which of the three.
    pub verdict: Verdict,
    /// One a gate, in the order of the settings.
    pub gates: Vec<GateResult>,
    /// What it rests on, the gravest first.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// The verdict there would be if these gates passed and all else stayed.
    #[must_use]
    pub fn verdict_if(&self, passing: &[&str]) -> Verdict {
        let passes = |id: &str| passing.contains(&id);
        let closes = self.gates.iter().any(|g| g.gate.quantity == Quantity::OpenBlockers && passes(&g.gate.id));
        let stays = |reason: &Reason| match reason {
            Reason::OpenBlockers { .. } => !closes,
            Reason::NothingTested => true,
            Reason::Fails { gates } => gates.iter().any(|g| !passes(g)),
            Reason::Undecided { .. } | Reason::AllPass => false,
        };
        if self.reasons.iter().any(stays) {
            return Verdict::NoGo;
        }
        let open = self.gates.iter().any(|g| g.state == GateState::Undecided && !passes(&g.gate.id));
        if open { Verdict::Caution } else { Verdict::Go }
    }

    /// Whether the run is green: every gate passes but for the one that counts green runs, and no blocker is open.
    #[must_use]
    pub fn is_green(&self) -> bool {
        let others = || self.gates.iter().filter(|g| !matches!(g.gate.quantity, Quantity::GreenRuns { .. }));
        let barred = |r: &Reason| matches!(r, Reason::OpenBlockers { .. } | Reason::NothingTested);
        others().next().is_some() && others().all(|g| g.state == GateState::Pass) && !self.reasons.iter().any(barred)
    }

    /// Number of gates in this state.
    #[must_use]
    pub fn count(&self, state: GateState) -> usize {
        self.gates.iter().filter(|g| g.state == state).count()
    }
}

/// Judges every gate and gives the verdict.
///
/// No-go when a blocker is open, when nothing was tested (no gate measured, no check ran, no row judged), or when a gate fails.
/// Caution when none fails and at least one is undecided. Go when every gate passes.
#[must_use]
pub fn decide(input: &DecisionInput, gates: &[Gate]) -> Decision {
    let first = |gate: &Gate| judge(measure(input, &gate.quantity), gate);
    let is_run = |q: &Quantity| matches!(q, Quantity::GreenRuns { .. });
    let others: Vec<GateResult> = gates.iter().filter(|g| !is_run(&g.quantity)).map(first).collect();
    // The last to be judged: a run is green by all other gates.
    let last = |gate: &Gate| match gate.quantity {
        Quantity::GreenRuns { before } if input.open_blockers.is_empty() => judge(Measured::point(Some(green_runs(before, &others))), gate),
        Quantity::GreenRuns { .. } => judge(Measured::point(Some(0.0)), gate),
        _ => first(gate),
    };
    let gates: Vec<GateResult> = gates.iter().map(last).collect();
    let of = |state| gates.iter().filter(|g| g.state == state).map(|g| g.gate.id.clone()).collect::<Vec<_>>();
    let (failed, undecided) = (of(GateState::Fail), of(GateState::Undecided));
    let judged_rows = input.cross_validated.iter().any(|e| e.value.is_some() && e.n_rows > 0);
    let mut reasons = Vec::new();
    if !input.open_blockers.is_empty() {
        reasons.push(Reason::OpenBlockers { findings: input.open_blockers.clone() });
    }
    if gates.iter().all(|g| g.value.is_none()) || input.checks_ran == 0 || !judged_rows {
        reasons.push(Reason::NothingTested);
    }
    if !failed.is_empty() {
        reasons.push(Reason::Fails { gates: failed });
    }
    let verdict = match (reasons.is_empty(), undecided.is_empty()) {
        (false, _) => Verdict::NoGo,
        (true, false) => Verdict::Caution,
        (true, true) => Verdict::Go,
    };
    if !undecided.is_empty() {
        reasons.push(Reason::Undecided { gates: undecided });
    }
    if reasons.is_empty() {
        reasons.push(Reason::AllPass);
    }
    Decision { verdict, gates, reasons }
}

fn judge(measured: Measured, gate: &Gate) -> GateResult {
    let (state, doubt) = match (measured.value, measured.interval) {
        (None, _) => (GateState::Undecided, Some(Doubt::NotComputable)),
        (Some(_), None) if measured.sampled => (GateState::Undecided, Some(Doubt::NoInterval)),
        (Some(value), interval) => side(gate, interval.unwrap_or((value, value))),
    };
    GateResult { gate: gate.clone(), state, value: measured.value, interval: measured.interval, n_rows: measured.n_rows, doubt }
}

/// Which side of the limits an interval is on.
fn side(gate: &Gate, (low, high): (f64, f64)) -> (GateState, Option<Doubt>) {
    let good = |v: f64| gate.holds(v, gate.limit);
    let bearable = |v: f64| gate.holds(v, gate.last_limit());
    match ((good(low), good(high)), (bearable(low), bearable(high))) {
        ((true, true), _) => (GateState::Pass, None),
        (_, (false, false)) => (GateState::Fail, None),
        ((false, false), (true, true)) => (GateState::Undecided, Some(Doubt::Between)),
        _ => (GateState::Undecided, Some(Doubt::Crosses)),
    }
}

/// Green runs in a row with this one, whose gates are `others`; 0 when it is not green.
fn green_runs(before: u32, others: &[GateResult]) -> f64 {
    let green = !others.is_empty() && others.iter().all(|g| g.state == GateState::Pass);
    if green { f64::from(before) + 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests;
