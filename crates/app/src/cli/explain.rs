//! `explain`: the page of an error code, without a network.

use clap::Args;
use serde_json::{Value, json};
use tollgate_base::{
    Error,
    codes::{self, Code},
};
use tollgate_web::problem;

use crate::config::key::nearest;

use super::{
    exit::Failure,
    terminal::{Answer, table},
};

#[derive(Args)]
pub(crate) struct Explain {
    /// The code, such as session.revoked; without it all are listed
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        let Some(name) = self.code else {
            return Ok(list());
        };
        let code = Code::named(&name).ok_or_else(|| unknown(&name))?;
        Ok(Answer::new(shape(code), text(code)))
    }
}

fn list() -> Answer {
    let rows: Vec<[String; 2]> = codes::ALL
        .iter()
        .map(|code| [code.name.to_owned(), code.title.to_owned()])
        .collect();
    let data: Vec<Value> = codes::ALL.iter().map(|code| shape(code)).collect();
    Answer::new(json!({ "data": data }), table(["CODE", "TITLE"], &rows))
}

fn shape(code: &'static Code) -> Value {
    json!({
        "code": code.name,
        "title": code.title,
        "happened": code.story(),
        "help": code.help,
        "place": code.place,
        "status": status(code),
        "exit": exit(code),
        "page": format!("{}{}", problem::PAGES, code.name),
    })
}

fn text(code: &'static Code) -> String {
    format!(
        "{} ({})\n\nWhat happened\n{}\n\nWhat to do\n{}\n\nWhere it occurs\n{}",
        code.title,
        code.name,
        indented(&code.story()),
        indented(code.help),
        indented(&format!(
            "In {}. HTTP status {}; commands end with exit code {}.",
            code.place,
            status(code),
            exit(code)
        )),
    )
}

/// Its status over HTTP.
fn status(code: &'static Code) -> u16 {
    problem::status(&Error::new(code)).as_u16()
}

/// The exit code of a command that it ends.
fn exit(code: &'static Code) -> u8 {
    Failure::from(Error::new(code)).exit() as u8
}

fn unknown(name: &str) -> Error {
    let known: Vec<&'static str> = codes::ALL.iter().map(|code| code.name).collect();
    let refused = Error::new(&codes::CODE_MISSING);
    match nearest(name, &known) {
        Some(close) => refused.detail(format!("Did you mean {close}?")),
        None => refused,
    }
}

/// At most 76 letters to a line, each line two further in.
fn indented(words: &str) -> String {
    const WIDTH: usize = 76;
    let mut lines = vec![String::from(" ")];
    for word in words.split_whitespace() {
        let full = |line: &String| line.chars().count() + 1 + word.chars().count() > WIDTH + 2;
        if lines.last().is_some_and(full) {
            lines.push(String::from(" "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Code, codes, indented, text, unknown};

    #[test]
    fn every_code_has_a_page_that_fits_a_terminal() {
        for code in codes::ALL {
            let page = text(code);
            assert!(page.contains(code.help.split(' ').next().unwrap()));
            assert!(
                page.lines().all(|line| line.chars().count() <= 78),
                "{page}"
            );
        }
        assert_eq!(indented("one two"), "  one two");
    }

    #[test]
    fn a_slip_of_the_pen_is_forgiven() {
        let check = |wrong: &str, right: &str| {
            assert_eq!(unknown(wrong).public(), format!("Did you mean {right}?"));
        };
        check("sesion.revoked", "session.revoked");
        check("signin.fialed", "signin.failed");
        assert!(Code::named("internal").is_some());
        assert!(!unknown("pineapple").public().contains("Did you mean"));
    }
}
