//! Everything that can be chosen, listed from the same constants the engine uses.

use crate::audit::CHECKS;
use crate::augment::METHODS;
use crate::decide::PRESETS;
use crate::evaluate::{METRICS, adjust};
use crate::model::LEARNERS;
use crate::param::ParamSpec;
use crate::prepare::STEPS;
use crate::protocol::{Catalogue, Entry, ParamView};
use crate::quality::{DIMENSION_WEIGHTS, OWN_RULES, RULES};
use crate::report::sections::dimension_name;
use crate::report::words::glossary::TERMS;
use crate::sample::SAMPLES;
use crate::task::TaskKind;
use crate::tune::SAMPLERS;

/// Kinds of task.
const KINDS: [TaskKind; 3] = [TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass];

/// All lists.
#[must_use]
pub fn catalogue() -> Catalogue {
    let plain = |id: &str, title: &str, doc: &str| entry(id, title, doc, &[]);
    Catalogue {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        learners: LEARNERS.iter().map(|l| Entry { tasks: l.tasks.to_vec(), ..entry(l.id, l.title, l.doc, l.params) }).collect(),
        steps: STEPS.iter().map(|s| entry(s.id, s.title, s.doc, s.params)).collect(),
        methods: METHODS.iter().map(|m| Entry { tasks: m.tasks.to_vec(), ..entry(m.id, m.title, m.doc, m.params) }).collect(),
        searches: SAMPLERS.iter().map(|s| entry(s.id, s.title, s.doc, s.params)).collect(),
        adjustments: vec![entry("adjust", "Probabilities and threshold", "", adjust::PARAMS)],
        metrics: METRICS
            .iter()
            .map(|m| Entry { tasks: KINDS.into_iter().filter(|k| m.is_for(*k)).collect(), ..plain(m.id, m.title, m.doc) })
            .collect(),
        checks: CHECKS.iter().map(|c| plain(c.id, c.title, c.doc)).collect(),
        rules: RULES.iter().map(|r| plain(r.id, r.title, r.doc)).collect(),
        own_rules: OWN_RULES.iter().map(|k| plain(k.id, k.says, k.value)).collect(),
        weights: weights(),
        presets: PRESETS.iter().map(|p| Entry { tasks: p.tasks.to_vec(), ..plain(p.id, p.title, p.doc) }).collect(),
        samples: SAMPLES.iter().map(sample_entry).collect(),
        glossary: TERMS.iter().map(|t| (t.id.to_owned(), t.word.to_owned(), t.definition.to_owned())).collect(),
    }
}

/// Dimensions, then rules, with what they count for as usual.
fn weights() -> Vec<(String, String, f64)> {
    let dimensions = DIMENSION_WEIGHTS.iter().map(|(d, w)| (d.id().to_owned(), dimension_name(*d).to_owned(), *w));
    dimensions.chain(RULES.iter().map(|r| (r.id.to_owned(), r.title.to_owned(), 1.0))).collect()
}

fn entry(id: &str, title: &str, doc: &str, params: &[ParamSpec]) -> Entry {
    Entry {
        id: id.to_owned(),
        title: title.to_owned(),
        doc: doc.to_owned(),
        facts: Vec::new(),
        params: params.iter().map(ParamView::from).collect(),
        tasks: Vec::new(),
    }
}

fn sample_entry(sample: &crate::sample::Sample) -> Entry {
    let facts = vec![
        ("rows".to_owned(), crate::report::format::count(u64::from(sample.default_rows))),
        ("target".to_owned(), sample.target.to_owned()),
        ("shows".to_owned(), sample.shows.to_owned()),
    ];
    Entry { facts, ..entry(sample.id, sample.title, sample.doc, &[]) }
}
