//! Every command of the manual that can run is run, in order, in an empty folder,
//! and what the page promises is compared with what comes.
//!
//! In the sources a block says what it is behind its language: `sh run` is run,
//! `sh server` is left running, `sh run until WORD` is repeated until WORD comes,
//! and `text expect` holds lines that the block before it must have printed, in
//! their order; `…` stands for anything. `text visit HOST expect` is what a visitor
//! of that host reads who keeps cookies, follows redirects and, where asked to,
//! signs in with the form of the page, as the page's `you@example.com`.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use tollgate_testkit::services::free_port;

use super::written::root;

/// Ports that pages name, each replaced by one that is free.
const PORTS: [&str; 3] = ["8700", "8080", "8081"];
/// Begins what a block prints.
const MARK: &str = "=== block ";
/// Before everything. The pages' own ports may be taken, and hashes need not cost much.
const HEAD: &str = r#"
set -eu
exec 2>&1
settle() {
    for try in $(seq 2000); do
        tollgate healthcheck --quiet > /dev/null 2>&1 && return
    done
    echo "the server does not answer"; exit 1
}
browse() {
    curl -sSL -b ../jar -c ../jar -H 'accept: text/html' "$@" > ../seen
}
found() {
    sed -n "s/.*$1\([^\"]*\)\".*/\1/p" ../seen | head -n 1 | sed 's/&#38;/\&/g'
}
visit() {
    browse "http://$1/"
    if grep -q 'name="login"' ../seen; then
        signin="http://localhost:${TOLLGATE_LISTEN#*:}"
        browse -H "origin: $signin" --data-urlencode "form_token=$(found 'name="form_token" value="')" \
            --data-urlencode "next=$(found 'name="next" value="')" \
            --data-urlencode 'login=you@example.com' \
            --data-urlencode "password=$(cat password.txt)" "$signin/signin"
        browse "$signin$(found 'http-equiv="refresh" content="0; url=')"
    fi
    sed 's/<[^>]*>/\n/g' ../seen
}
end() {
    for pid in $(jobs -p) $(cat nginx.pid 2> /dev/null); do kill "$pid" || true; done
    wait
}
trap end EXIT
"#;

/// A block of a page.
struct Block {
    words: Vec<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => {
                let words = info.split(' ').map(str::to_owned).collect();
                open = Some(Block {
                    words,
                    text: String::new(),
                });
            }
            (None, Some(block)) => block.text = format!("{}{line}\n", block.text),
            (None, None) => {}
        }
    }
    blocks
}

impl Block {
    fn says(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }

    /// The word behind another.
    fn behind(&self, word: &str) -> Option<&str> {
        let mut words = self.words.iter().skip_while(|it| *it != word);
        words.nth(1).map(String::as_str)
    }

    /// As a part of the script, if it is to be run.
    fn script(&self, number: usize) -> Option<String> {
        let text = &self.text;
        let mark = format!("echo '{MARK}{number}'\n");
        if self.says("server") {
            // In place of its shell, so that whoever ends the one ends the other.
            let log = format!("../log-{number}");
            return Some(format!(
                "(exec {text}) > {log} 2>&1 &\nsettle\n{mark}cat {log}\n"
            ));
        }
        if let Some(host) = self.behind("visit") {
            return Some(format!("{mark}visit {host}\n"));
        }
        if let Some(word) = self.behind("until") {
            let again = format!(
                "for try in $(seq 1000); do SAID=$({text}); case \"$SAID\" in *{word}*) break;; esac; done\n"
            );
            return Some(format!("{mark}{again}echo \"$SAID\"\n"));
        }
        self.says("run").then(|| format!("{mark}{text}"))
    }
}

/// Whether a line is as it is promised: `…` stands for anything, and a gap is a gap.
fn fits(line: &str, promised: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (line, promised) = (plain(line), plain(promised));
    let Some((first, others)) = promised.split_once('…') else {
        return line == promised;
    };
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = others.rsplit_once('…').unwrap_or(("", others));
    for part in middle.split('…') {
        match rest.find(part.trim()) {
            Some(at) => rest = &rest[at + part.trim().len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What is promised and does not come.
fn missing<'p>(printed: &str, promised: &'p str) -> Option<&'p str> {
    let mut lines = printed.lines();
    promised
        .lines()
        .find(|line| !lines.any(|printed| fits(printed, line)))
}

fn replaced(text: &str, ports: &[u16]) -> String {
    PORTS
        .iter()
        .zip(ports)
        .fold(text.to_owned(), |text, (port, free)| {
            text.replace(port, &free.to_string())
        })
}

/// Run a page; what is wrong with it.
fn run(path: &str, page: &str) -> Option<String> {
    let ports = PORTS.map(|_| free_port().unwrap());
    let blocks = blocks(&replaced(page, &ports));
    let parts: Vec<String> = blocks
        .iter()
        .enumerate()
        .filter_map(|(number, block)| block.script(number))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    let script = folder.path().join("script.sh");
    fs::write(&script, format!("{HEAD}{}", parts.concat())).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_tollgate")).parent().unwrap();
    let paths = env::join_paths([
        program,
        Path::new("/usr/local/bin"),
        Path::new("/usr/bin"),
        Path::new("/bin"),
        Path::new("/usr/sbin"),
        Path::new("/sbin"),
    ]);
    let output = Command::new("timeout")
        .args(["120", "bash"])
        .arg(&script)
        .current_dir(&place)
        .env_clear()
        .env("PATH", paths.unwrap())
        .env("LANG", "C.UTF-8")
        .env("TOLLGATE_LISTEN", format!("127.0.0.1:{}", ports[0]))
        .env("TOLLGATE_METRICS_LISTEN", "off")
        .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
        .env("TOLLGATE_PASSWORD__PASSES", "5")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Some(format!("{path} ends with {}:\n{printed}", output.status));
    }
    let said: BTreeMap<usize, &str> = printed
        .split(MARK)
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .filter_map(|(number, text)| Some((number.trim().parse().ok()?, text)))
        .collect();
    for (number, block) in blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.says("expect"))
    {
        let Some((_, printed)) = said.range(..=number).next_back() else {
            return Some(format!("{path} promises before anything is run"));
        };
        if let Some(line) = missing(printed, &block.text) {
            return Some(format!(
                "{path} promises\n    {line}\nand this came:\n{printed}"
            ));
        }
    }
    None
}

/// Every source of the manual, by its path.
fn sources(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "md") {
            found.insert(
                path.display().to_string(),
                fs::read_to_string(path).unwrap(),
            );
        }
    }
}

#[test]
#[ignore = "needs curl and nginx"]
fn every_command_does_what_its_page_says() {
    let mut all = BTreeMap::new();
    sources(&root().join("docs/src"), &mut all);
    let pages: Vec<(String, String)> = all
        .into_iter()
        .filter(|(_, text)| blocks(text).iter().any(|block| block.script(0).is_some()))
        .collect();
    assert!(
        pages.len() >= 8,
        "only {} pages have commands that run",
        pages.len()
    );
    let wrong: Vec<String> = pages
        .iter()
        .filter_map(|(path, text)| run(path, text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_promise_is_kept_line_by_line() {
    assert!(fits(
        "  usr_1 is an administrator.",
        "usr_… is an administrator."
    ));
    assert!(fits("{\"a\":1,\"b\":2}", "{\"a\"…"));
    assert!(!fits("one two", "one") && !fits("one", "… two"));
    assert_eq!(missing("a\nb\nc", "a\nc"), None);
    assert_eq!(missing("a\nb\nc", "c\na"), Some("a"));
}

#[test]
fn a_page_that_promises_too_much_is_found() {
    let page =
        |promised: &str| format!("```sh run\necho one\n```\n\n```text expect\n{promised}\n```\n");
    assert_eq!(run("page", &page("o…e")), None);
    assert!(run("page", "```text expect\none\n```\n").is_some());
    assert!(
        run("page", &page("two"))
            .unwrap()
            .contains("promises\n    two")
    );
    assert!(
        run("page", "```sh run\nfalse\n```\n")
            .unwrap()
            .contains("ends with")
    );
}
