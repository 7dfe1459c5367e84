//! `version`: which program this is.

use serde_json::json;
use tollgate_records::schema;

use super::terminal::Answer;

pub(crate) fn run() -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    let schema = schema::MIGRATIONS
        .last()
        .map_or(0, |migration| migration.version);
    Answer::new(
        json!({ "name": "tollgate", "version": version, "schema": schema }),
        format!("tollgate {version}"),
    )
}
