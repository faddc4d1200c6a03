//! Prints the example report: `cargo run --example report -- html|markdown|json`.

#[expect(clippy::print_stdout, reason = "printing is what this example does")]
fn main() {
    let report = watertight::report::example::report(3);
    match std::env::args().nth(1).as_deref() {
        Some("markdown") => println!("{}", watertight::report::markdown::markdown(&report)),
        _ => println!("{}", watertight::report::html::html(&report)),
    }
}
