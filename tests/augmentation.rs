//! Augmentation through the whole job: it never reaches a judged row, says what it is worth, and makes nothing out of noise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use desk::{Desk, Staff, csv, noise};
use serde_json::Value as Json;
use watertight::augment::{Act, METHODS};
use watertight::protocol::{Chosen, Command, Export, Step};

/// Two numbers and a rare class (about one in eleven) that the first tells in part.
fn rare(n: usize) -> String {
    let (a, b, e) = (noise(21, 0, n), noise(21, 1, n), noise(21, 2, n));
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(a[i] + 0.7 * e[i] > 1.65))).collect();
    csv(&[("a", &a), ("b", &b), ("churn", &y)])
}

fn with(staff: Staff, text: &str, method: &str) -> Desk {
    let mut desk = Desk::new(staff);
    desk.open(&[("table.csv", text.as_bytes())]);
    let mut settings = desk.session.settings().clone();
    settings.augment = Some(Chosen { id: method.into(), ..Chosen::default() });
    settings.learners = Some(["baseline", "logistic", "naive_bayes"].map(|id| Chosen { id: id.into(), ..Chosen::default() }).to_vec());
    desk.command(Command::SetSettings { settings: Box::new(settings) });
    desk.run(Step::Decide);
    assert!(desk.refusals.is_empty(), "{method}: {:?}", desk.refusals);
    desk
}

const ONE: Staff = Staff { workers: 1, backwards: false };

fn results(desk: &mut Desk) -> Json {
    let report: Json = serde_json::from_str(&desk.export(Export::ReportJson)).unwrap();
    report["results"].clone()
}

#[test]
fn every_method_says_what_it_is_worth_and_judges_real_rows_only() {
    let text = rare(440);
    for method in METHODS {
        let mut desk = with(ONE, &text, method.id);
        assert_eq!(
            results(&mut desk)["chosen"]["estimates"][0]["n_rows"],
            352,
            "{}: as many rows are judged as there are real ones outside of the sealed fifth",
            method.id
        );
        let told = serde_json::to_string(&desk.sections[&Step::Augment]).unwrap();
        assert!(told.contains("Does it help?") && told.contains("without"), "{}: {told}", method.id);

        assert!(results(&mut desk)["augmentation"]["gain"]["value"].is_number(), "{}", method.id);
        if matches!(method.act, Act::Thin(_)) && method.id == "under_sampling" {
            assert!(told.contains("left out"), "{told}");
        }
    }
}

#[test]
fn any_staff_comes_to_the_same() {
    let text = rare(330);
    let reports = [(1, false), (2, true), (3, false)].map(|(workers, backwards)| results(&mut with(Staff { workers, backwards }, &text, "smote_nc")));
    assert!(reports.iter().all(|r| *r == reports[0]));
}

#[test]
fn nothing_is_made_out_of_noise() {
    let n = 400;
    let columns: Vec<Vec<f64>> = (0..5).map(|i| noise(31, i, n)).collect();
    let y: Vec<f64> = noise(31, 9, n).iter().map(|v| f64::from(u8::from(*v > 0.8))).collect();
    let mut named: Vec<(&str, &[f64])> = ["a", "b", "c", "d", "e"].into_iter().zip(columns.iter().map(Vec::as_slice)).collect();
    named.push(("churn", &y));
    let text = csv(&named);
    for method in METHODS {
        let report = results(&mut with(ONE, &text, method.id));
        assert_ne!(report["decision"]["verdict"], "go", "{}", method.id);
        assert!(!report["decision"]["verdict"].is_null());
    }
}
