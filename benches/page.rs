//! The learners and the reader as the page has them: built for wasm32, run in a worker of Chromium by `benches/page.mjs`.
//!
//! `prepare` makes a table, `task_names` says what is learned on it; `fit` fits one task and gives its score, `read_csv` reads the table's own file. The script measures from outside.
#![cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), expect(clippy::expect_used, reason = "a benchmark stops where it cannot measure"))]

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod contests;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod tables;

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod in_worker {
    use crate::contests::{Contest, contests};
    use crate::tables::{sessions, wide};
    use std::cell::RefCell;
    use wasm_bindgen::prelude::wasm_bindgen;
    use watertight::model::{Features, TrainingSet};
    use watertight::table::{CsvOptions, read};

    /// Features of the wide table.
    const WIDE: usize = 100;

    struct Prepared {
        contest: Contest,
        train: TrainingSet,
        judged: Features,
        target: Vec<f64>,
    }

    thread_local! {
        static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
    }

    fn table(name: &str, rows: usize) -> crate::tables::Columns {
        if name == "wide" { wide(rows, WIDE) } else { sessions(rows) }
    }

    /// What is learned on a table.
    #[wasm_bindgen]
    pub fn task_names(name: &str) -> Vec<String> {
        contests(name).iter().map(|c| c.name.to_owned()).collect()
    }

    /// Makes the table and keeps what a task learns from and is judged on.
    #[wasm_bindgen]
    pub fn prepare(name: &str, rows: usize, task: &str) {
        let contest = contests(name).into_iter().find(|c| c.name == task).expect("the task is listed");
        let (train, judged, target) = table(name, rows).for_target(contest.target, contest.kind);
        PREPARED.set(Some(Prepared { contest, train, judged, target }));
    }

    /// Fits the task that was prepared, from features that are not cut into bins yet, and gives its score on the rows judged on.
    #[wasm_bindgen]
    pub fn fit(scored: bool) -> f64 {
        PREPARED.with_borrow(|prepared| {
            let it = prepared.as_ref().expect("a task was prepared");
            let model = it.contest.fit(&it.train.clone());
            if scored { it.contest.score(&model, &it.judged, &it.target) } else { f64::NAN }
        })
    }

    /// Reads a file as the page does, dialect and kinds included; gives the number of its rows.
    #[wasm_bindgen]
    pub fn read_csv(bytes: &[u8]) -> usize {
        read(bytes, &CsvOptions::default()).expect("the file is a table").table.n_rows()
    }
}

fn main() {}
