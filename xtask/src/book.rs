//! `cargo xtask book`: render the manual into `crates/manual/book`, from where
//! it becomes part of the program. mdBook makes the pages; here its table of
//! contents is fitted into each of them, and the index for search is made.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tollgate_throwaway::find_program;

use crate::{Failure, Result, needs::run, root, variable};

/// What mdBook makes of it is the same on every machine.
const MDBOOK: &str = "0.4.52";
/// Files of our theme that pages load.
const THEME: [&str; 3] = ["book.css", "book.js", "icon.svg"];
/// The page whose frame the pages of single codes get.
const ERRORS: &str = "reference/errors.html";
/// Said to the test that checks the generated pages: write them instead.
const WRITE: &str = "TOLLGATE_WRITE_MANUAL";

/// One rendered page.
struct Page {
    /// Below the book, such as `how-to/install.html`.
    path: String,
    html: String,
}

pub(crate) fn render() -> Result<()> {
    let Some(mdbook) = find_program("mdbook") else {
        return Err(Failure::Missing(format!(
            "mdBook renders the manual; only who changes it needs that:\n    \
             cargo install mdbook --version {MDBOOK} --locked"
        )));
    };
    let cargo = variable("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let check = [
        "test",
        "--quiet",
        "--package",
        "tollgate",
        "--test",
        "it",
        "manual::written",
    ];
    run(Command::new(cargo)
        .args(check)
        .current_dir(root())
        .env(WRITE, "1"))?;
    let built = crate::target().join("book");
    let docs = root().join("docs");
    run(Command::new(mdbook)
        .arg("build")
        .arg(&docs)
        .arg("--dest-dir")
        .arg(&built))?;
    let mut pages = Vec::new();
    collect(&built, &built, &mut pages)?;
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    for page in &mut pages {
        page.html = fitted(page);
    }
    let book = root().join("crates/manual/book");
    fs::remove_dir_all(&book)
        .or_else(|fault| if book.exists() { Err(fault) } else { Ok(()) })
        .map_err(Failure::broken("clearing the book"))?;
    for page in &pages {
        write(&book.join(&page.path), &page.html)?;
    }
    let errors = pages.iter().find(|page| page.path == ERRORS);
    let errors = errors.ok_or_else(|| Failure::Broken(format!("there is no {ERRORS}")))?;
    write(&book.join("errors/frame.html"), &frame(&errors.html))?;
    write(&book.join("search.js"), &index(&pages))?;
    for name in THEME {
        let text = fs::read_to_string(docs.join("theme").join(name))
            .map_err(Failure::broken("reading the theme"))?;
        write(&book.join(name), &text)?;
    }
    println!("{} pages in {}", pages.len(), book.display());
    Ok(())
}

/// Every page below `folder` but those that mdBook makes for itself.
fn collect(top: &Path, folder: &Path, pages: &mut Vec<Page>) -> Result<()> {
    let reading = || Failure::broken("reading what mdBook made");
    for entry in fs::read_dir(folder).map_err(reading())? {
        let path: PathBuf = entry.map_err(reading())?.path();
        if path.is_dir() {
            collect(top, &path, pages)?;
            continue;
        }
        let inside = path
            .strip_prefix(top)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let own = ["404.html", "toc.html", "print.html"].contains(&inside.as_str());
        if path.extension().is_some_and(|it| it == "html") && !own {
            let html = fs::read_to_string(&path).map_err(reading())?;
            pages.push(Page { path: inside, html });
        }
    }
    Ok(())
}

/// The page with links of its table of contents that lead where they say: mdBook
/// writes them as if every page lay at the top.
fn fitted(page: &Page) -> String {
    let Some((before, rest)) = page.html.split_once("<ol class=\"chapter\">") else {
        return page.html.clone();
    };
    let (list, after) = rest.split_once("</nav>").unwrap_or((rest, ""));
    let up = "../".repeat(page.path.matches('/').count());
    let own = format!("href=\"{}\"", page.path);
    let list = list
        .replace(&own, &format!("{own} aria-current=\"page\""))
        .replace("href=\"", &format!("href=\"{up}"));
    let text = format!("{before}<ol class=\"chapter\">{list}</nav>{after}");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// A page without its title and its text.
fn frame(html: &str) -> String {
    let between = |text: &str, from: &str, to: &str, with: &str| {
        let (before, rest) = text.split_once(from).unwrap_or((text, ""));
        let (_, after) = rest.split_once(to).unwrap_or(("", rest));
        format!("{before}{from}{with}{to}{after}")
    };
    let html = between(html, "<title>", " - ", "@title@");
    let html = between(&html, "<article>", "</article>", "@text@");
    between(
        &html,
        "<nav class=\"turn\"",
        "</nav>",
        " aria-label=\"Pages before and after\">",
    )
    .replace(" aria-current=\"page\"", "")
}

/// `SEARCH = [[address, page, heading, text], …]`: each heading with what follows.
fn index(pages: &[Page]) -> String {
    let mut places = String::from("window.SEARCH = [\n");
    for page in pages {
        let article = page
            .html
            .split_once("<article>")
            .map_or("", |(_, rest)| rest);
        let article = article
            .split_once("</article>")
            .map_or(article, |(text, _)| text);
        let title = plain(
            article
                .split_once("<h1")
                .and_then(|(_, rest)| rest.split_once("</h1>"))
                .map_or("", |(it, _)| it),
        );
        for part in article
            .split("<h")
            .skip(1)
            .filter(|part| part.starts_with(['1', '2', '3']))
        {
            let (heading, text) = part.split_once("</h").unwrap_or((part, ""));
            let anchor = heading
                .split_once("id=\"")
                .and_then(|(_, rest)| rest.split_once('"'))
                .map_or("", |(it, _)| it);
            let text = text.split_once('>').map_or("", |(_, rest)| rest);
            let place = [
                format!("{}#{anchor}", page.path),
                title.clone(),
                plain(heading),
                plain(text),
            ];
            let cells: Vec<String> = place.iter().map(|cell| quoted(cell)).collect();
            writeln!(places, "[{}],", cells.join(",")).expect("a String takes everything");
        }
    }
    places + "];\n"
}

/// The words of some HTML, without its tags. What begins inside a tag is cut there.
fn plain(html: &str) -> String {
    let html = match (html.find('>'), html.find('<')) {
        (Some(end), open) if open.is_none_or(|open| end < open) => &html[end + 1..],
        _ => html,
    };
    let mut text = String::new();
    for part in html.split('<') {
        text += if text.is_empty() && !html.starts_with('<') {
            part
        } else {
            part.split_once('>').map_or("", |(_, rest)| rest)
        };
        text.push(' ');
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let writing = || Failure::broken("writing the book");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(writing())?;
    }
    fs::write(path, text).map_err(writing())
}

#[cfg(test)]
mod tests {
    use super::{Page, fitted, frame, index};

    fn page() -> Page {
        let html = "<title>A &amp; b - Book</title><article><h1 id=\"a\"><a>A &amp; b</a></h1><p>One <b>two</b>.</p></article>\
                    <nav class=\"turn\"><a>x</a></nav><nav><ol class=\"chapter\"><a href=\"x/a.html\">A</a><a href=\"b.html\">B</a></ol></nav>";
        Page {
            path: "x/a.html".to_owned(),
            html: html.to_owned(),
        }
    }

    #[test]
    fn contents_lead_where_they_say() {
        let html = fitted(&page());
        assert!(
            html.contains(
                "<a href=\"../x/a.html\" aria-current=\"page\">A</a><a href=\"../b.html\">B</a>"
            ),
            "{html}"
        );
    }

    #[test]
    fn search_finds_headings_with_their_words() {
        let index = index(&[page()]);
        assert!(
            index.contains("[\"x/a.html#a\",\"A & b\",\"A & b\",\"One two .\"]"),
            "{index}"
        );
    }

    #[test]
    fn a_frame_keeps_nothing_of_the_page() {
        let frame = frame(&fitted(&page()));
        assert!(
            frame.contains("<title>@title@ - Book</title><article>@text@</article>"),
            "{frame}"
        );
        assert!(
            !frame.contains("aria-current") && !frame.contains("<a>x</a>"),
            "{frame}"
        );
    }
}
