//! Turns the built page (`dist/`, made by trunk) into its offline forms and holds the size budget.
//!
//! `watertight-pack [DIR]` writes `DIR/sw.js` (a service worker with the list of files and their fingerprints: the page works offline
//! after its first load) and `DIR/watertight.html` (everything in one file that works when it is double-clicked), prints the sizes and
//! fails when the first download is above [`BUDGET`].
#![expect(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a command: it reads and writes files and speaks")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

/// Most bytes of the first download, compressed. The aim is 1,500,000, a second on a slow (12 Mbit/s) line: the page is above it since it holds the whole workflow, and this
/// line keeps it from growing while it is brought back.
const BUDGET: usize = 1_760_000;
/// What this program writes; not part of the first download.
const MADE: [&str; 2] = ["sw.js", "watertight.html"];
/// The service worker, but for its list of files.
const SERVICE_WORKER: &str = include_str!("../ui/boot/sw.js");

type Outcome<T> = Result<T, String>;

/// A file of the page.
struct Part {
    name: String,
    bytes: Vec<u8>,
}

fn main() -> ExitCode {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "dist".into()));
    match pack(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn pack(folder: &Path) -> Outcome<()> {
    let parts = read_parts(folder)?;
    write_file(&folder.join("sw.js"), service_worker(&parts).as_bytes())?;
    let single = one_file(&parts)?;
    write_file(&folder.join("watertight.html"), single.as_bytes())?;
    report_sizes(&parts, &single)
}

fn read_parts(folder: &Path) -> Outcome<Vec<Part>> {
    let listed = fs::read_dir(folder).map_err(|why| format!("{}: {why}. Build the page first: trunk build --release", folder.display()))?;
    let mut parts = Vec::new();
    for entry in listed {
        let path = entry.map_err(|why| format!("{}: {why}", folder.display()))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && !MADE.contains(&name.as_str()) {
            parts.push(Part { name, bytes: fs::read(&path).map_err(|why| format!("{}: {why}", path.display()))? });
        }
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(parts)
}

fn write_file(path: &Path, bytes: &[u8]) -> Outcome<()> {
    fs::write(path, bytes).map_err(|why| format!("{}: {why}", path.display()))
}

fn service_worker(parts: &[Part]) -> String {
    let mut all = Sha256::new();
    let mut list = String::new();
    for part in parts {
        let digest = hexadecimal(&Sha256::digest(&part.bytes));
        all.update(part.name.as_bytes());
        all.update(digest.as_bytes());
        let _ = writeln!(list, "  ['{}', '{digest}'],", part.name);
    }
    all.update(SERVICE_WORKER.as_bytes());
    format!("const BUILD = '{}';\nconst FILES = [\n{list}];\n{SERVICE_WORKER}", &hexadecimal(&all.finalize())[..16])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The page with everything inside, under a policy that allows exactly these scripts and styles and no connection at all.
fn one_file(parts: &[Part]) -> Outcome<String> {
    let mut page = text(find(parts, "index.html")?)?;
    let glue = script_safe(&text(find(parts, ".js")?)?);
    let boot = script_safe(&text(find(parts, "boot.js")?)?);
    let wasm = BASE64.encode(gzip(&find(parts, ".wasm")?.bytes)?);
    let mut style_hashes = String::new();
    while let Some((link, name)) = next_element(&page, "<link", "stylesheet", "href") {
        let style = text(find(parts, &name)?)?.replace("</style", "<\\/style");
        let _ = write!(style_hashes, " 'sha256-{}'", hash(&style));
        page = page.replacen(&link, &format!("<style>{style}</style>"), 1);
    }
    let (script, _) = next_element(&page, "<script", "boot.js", "src").ok_or("index.html does not load boot.js")?;
    page = page.replacen(&script, "", 1);
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}' 'sha256-{}' 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'; style-src{}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(&glue),
        hash(&boot),
        if style_hashes.is_empty() { " 'none'" } else { &style_hashes },
    );
    page = replace_policy(&page, &policy)?;
    let inside = format!(
        "<script id=\"watertight-glue\">{glue}</script>\n<script type=\"text/plain\" id=\"watertight-wasm\">{wasm}</script>\n<script data-build=\"{}\">{boot}</script>\n</body>",
        find(parts, ".wasm")?.name
    );
    match page.rfind("</body>") {
        Some(at) => Ok(format!("{}{inside}{}", &page[..at], &page[at + "</body>".len()..])),
        None => Err("index.html has no end of body".into()),
    }
}

/// The part of that name, or the only one that ends so (`boot.js` aside).
fn find<'a>(parts: &'a [Part], name: &str) -> Outcome<&'a Part> {
    let exact = parts.iter().find(|part| part.name == name);
    exact
        .or_else(|| parts.iter().find(|part| part.name.ends_with(name) && part.name != "boot.js"))
        .ok_or_else(|| format!("the built page has no {name}"))
}

fn text(part: &Part) -> Outcome<String> {
    String::from_utf8(part.bytes.clone()).map_err(|_| format!("{} is not text", part.name))
}

/// A script that cannot end its element early. Both sequences occur in strings only, where the escapes mean the same.
fn script_safe(script: &str) -> String {
    script.replace("</script", "<\\/script").replace("<!--", "\\x3c!--")
}

/// The first element of that kind that contains `having`, up to its end tag if it is a script, and the file name in its attribute.
fn next_element(page: &str, start: &str, having: &str, attribute: &str) -> Option<(String, String)> {
    let (from, tag) = page.match_indices(start).find_map(|(at, _)| {
        let tag = &page[at..=at + page[at..].find('>')?];
        tag.contains(having).then_some((at, tag))
    })?;
    let value = tag.split(&format!("{attribute}=\"")).nth(1)?.split('"').next()?;
    let end = if start == "<script" { from + page[from..].find("</script>")? + "</script>".len() } else { from + tag.len() };
    Some((page[from..end].to_owned(), value.trim_start_matches("./").to_owned()))
}

fn replace_policy(page: &str, policy: &str) -> Outcome<String> {
    let start = "http-equiv=\"Content-Security-Policy\" content=\"";
    let from = page.find(start).ok_or("index.html states no policy")? + start.len();
    let to = from + page[from..].find('"').ok_or("the policy in index.html does not end")?;
    Ok(format!("{}{policy}{}", &page[..from], &page[to..]))
}

fn hash(script: &str) -> String {
    BASE64.encode(Sha256::digest(script.as_bytes()))
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|why| format!("gzip: {why}"))
}

/// Size after `brotli -q 11`; `None` if the tool is not there.
fn brotli(bytes: &[u8]) -> Option<usize> {
    let mut child = Command::new("brotli").args(["-q", "11", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut input = child.stdin.take()?;
    std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(bytes).map_or((), |()| drop(input)));
        child.wait_with_output().ok()
    })
    .filter(|output| output.status.success())
    .map(|output| output.stdout.len())
}

fn report_sizes(parts: &[Part], single: &str) -> Outcome<()> {
    println!("{:<44} {:>10} {:>10} {:>10}", "bytes", "raw", "gzip", "brotli");
    let mut sums = (0, 0, Some(0));
    for part in parts {
        let (gzipped, brotlied) = (gzip(&part.bytes)?.len(), brotli(&part.bytes));
        println!("{:<44} {:>10} {gzipped:>10} {:>10}", part.name, part.bytes.len(), brotlied.map_or("-".into(), |size| size.to_string()));
        sums = (sums.0 + part.bytes.len(), sums.1 + gzipped, sums.2.zip(brotlied).map(|(sum, size)| sum + size));
    }
    println!("{:<44} {:>10} {:>10} {:>10}", "first download", sums.0, sums.1, sums.2.map_or("-".into(), |size| size.to_string()));
    println!("{:<44} {:>10}", "watertight.html (one file)", single.len());
    let (measured, how) = sums.2.map_or((sums.1, "gzip, as brotli is not installed"), |size| (size, "brotli"));
    if measured > BUDGET {
        return Err(format!("The first download is {measured} bytes ({how}); the budget is {BUDGET}."));
    }
    println!("within the budget of {BUDGET} bytes ({how}: {measured})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(script: &str) -> Vec<Part> {
        let index = "<html><head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\"><link rel=\"stylesheet\" href=\"./a-1.css\" integrity=\"x\"><script defer src=\"boot.js\" data-glue=\"g.js\"></script></head><body></body></html>";
        [("a-1.css", "p{}"), ("boot.js", "boot()"), ("g.js", script), ("g_bg.wasm", "wasm"), ("index.html", index)]
            .map(|(name, content)| Part { name: name.into(), bytes: content.as_bytes().to_vec() })
            .into()
    }

    #[test]
    fn the_one_file_holds_everything_and_names_no_other_file() {
        let single = one_file(&page("glue()")).unwrap();
        for inside in [
            "<style>p{}</style>",
            ">glue()</script>",
            "<script data-build=\"g_bg.wasm\">boot()</script>",
            "connect-src 'none'",
            &hash("boot()"),
            &hash("p{}"),
        ] {
            assert!(single.contains(inside), "{inside} is missing in {single}");
        }
        assert!(!single.contains("src=\"") && !single.contains("href=\""));
    }

    #[test]
    fn a_script_cannot_end_its_element_early() {
        let single = one_file(&page("let a = '</script><!--'")).unwrap();
        assert!(single.contains("let a = '<\\/script>\\x3c!--'"));
    }

    #[test]
    fn the_service_worker_changes_with_every_file() {
        assert_ne!(service_worker(&page("glue()")), service_worker(&page("glue(1)")));
    }
}
