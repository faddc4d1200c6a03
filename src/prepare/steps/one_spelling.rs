//! One spelling for each label: spellings that differ in case, spaces, hyphens or underscores only become the most frequent of them.
//!
//! Learned from training rows: for each label its most frequent spelling there (of equals the first in the alphabet), if it stands in enough rows to be named. Applied to any row:
//! whatever has the same letters becomes that spelling; labels never seen stay as they are. Takes its place before labels become numbers.

use super::frequency::MIN_ROWS;
use crate::error::Result;
use crate::param::Params;
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use crate::quality::rules::canonical;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "one_spelling",
    title: "One spelling a label",
    doc: "Labels that differ only in case, spaces, hyphens or underscores become one: the most frequent spelling among the training rows.",
    params: &[MIN_ROWS],
    fit,
};

/// How it goes on; words are the spellings kept.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &[], fits: |_| true };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Cells::Labels { codes, levels } = &slot.cells {
            let mut counts = vec![0_usize; levels.len()];
            for code in codes {
                counts.get_mut(*code as usize).into_iter().for_each(|n| *n += 1);
            }
            let mut best: BTreeMap<String, (usize, &String)> = BTreeMap::new();
            for (level, n) in levels.iter().zip(counts).filter(|l| l.1 >= params.count("min_rows")) {
                let kept = best.entry(canonical(level)).or_insert((n, level));
                if n > kept.0 || (n == kept.0 && level < kept.1) {
                    *kept = (n, level);
                }
            }
            parts.push(Part { name: slot.name().to_owned(), numbers: Vec::new(), words: best.into_values().map(|b| b.1.clone()).collect() });
        }
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    slots.replace(|mut slot, next| {
        if let (Some(part), Cells::Labels { codes, levels }) = (learned.of(&slot.about.name), &mut slot.cells) {
            let kept: BTreeMap<String, &String> = part.words.iter().map(|w| (canonical(w), w)).collect();
            let mut places: BTreeMap<String, u32> = BTreeMap::new();
            let mut joined: Vec<String> = Vec::new();
            let mut place = |level: &String| {
                let level = kept.get(&canonical(level)).copied().unwrap_or(level);
                *places.entry(level.clone()).or_insert_with(|| {
                    joined.push(level.clone());
                    u32::try_from(joined.len() - 1).unwrap_or(u32::MAX)
                })
            };
            let to: Vec<u32> = levels.iter().map(&mut place).collect();
            codes.iter_mut().for_each(|c| *c = to.get(*c as usize).copied().unwrap_or(*c));
            *levels = Arc::new(joined);
        }
        next.push(slot);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Feature;
    use crate::param::Value;
    use crate::prepare::{Slot, reference};
    use crate::table::MISSING_CODE;

    fn cities(codes: &[u32], levels: &[&str]) -> Slots {
        let about = Feature { name: "city".into(), sources: vec!["city".into()], step: "column".into(), whole: false, levels: false };
        let levels = Arc::new(levels.iter().map(|l| (*l).to_owned()).collect());
        let mut slots = Slots::default();
        slots.push(Slot { about, cells: Cells::Labels { codes: codes.to_vec(), levels } });
        slots
    }

    fn texts(slots: &Slots) -> Vec<String> {
        let Cells::Labels { codes, levels } = &slots.list()[0].cells else { panic!("no labels") };
        codes.iter().map(|c| levels.get(*c as usize).cloned().unwrap_or_default()).collect()
    }

    #[test]
    fn spellings_become_the_most_frequent_one_and_unseen_labels_stay() {
        let train = cities(&[0, 0, 1, 2, MISSING_CODE], &["Berlin", "berlin ", "Rome"]);
        let step = reference::fit(&ENTRY, &train, &[("min_rows", Value::Whole(1))]);
        assert_eq!(texts(&step.apply(train)), ["Berlin", "Berlin", "Berlin", "Rome", ""]);
        assert_eq!(texts(&step.apply(cities(&[0, 1, 2], &["BERLIN", "Oslo", "rome"]))), ["Berlin", "Oslo", "Rome"]);
    }

    #[test]
    fn a_spelling_of_few_rows_is_not_named() {
        let step = reference::fit(&ENTRY, &cities(&[0, 1], &["Rarestead", "rarestead"]), &[]);
        assert!(!format!("{step:?}").contains("stead"));
    }
}
