//! The page of each error code: the words of the table of codes, in the frame
//! of the page that lists them all.

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Response},
};
use tollgate_base::{Error, codes, codes::Code, html::escaped};
use tollgate_web::{Problem, problem};

use crate::files;

/// The frame: a page with two places to fill.
const FRAME: &str = "errors/frame.html";
const TITLE: &str = "@title@";
const TEXT: &str = "@text@";

pub(crate) async fn serve(Path(name): Path<String>) -> Result<Response, Problem> {
    let missing = || Error::new(&codes::ROUTE_MISSING);
    let code = Code::named(&name).ok_or_else(missing)?;
    let frame = files::text(FRAME).ok_or_else(missing)?;
    let page = frame
        .replacen(TITLE, &escaped(code.title), 1)
        .replacen(TEXT, &text(code), 1);
    Ok(files::dressed(Html(page).into_response()))
}

fn text(code: &'static Code) -> String {
    let status = problem::status(&Error::new(code)).as_u16();
    format!(
        "<h1>{title}</h1>\n<p><code>{name}</code>, HTTP status {status}</p>\n\
         <h2>What happened</h2>\n<p>{story}</p>\n<h2>What to do</h2>\n<p>{help}</p>\n\
         <h2>Where it occurs</h2>\n<p>In {place}.</p>\n\
         <p><a href=\"../reference/errors.html\">All codes</a></p>",
        title = escaped(code.title),
        name = escaped(code.name),
        story = escaped(&code.story()),
        help = escaped(code.help),
        place = escaped(code.place),
    )
}
