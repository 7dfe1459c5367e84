//! The lines of a backup: one JSON object each, with every value's type in it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use tollgate_base::{Error, Result, time::Time};

use super::{Header, file::invalid};
use crate::sql::Value;

/// The only format there has been.
const FORMAT: &str = "tollgate-backup/1";

/// Header; then for each table its name and columns, its rows and their
/// number; then the seal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    Header(Head),
    Table {
        name: String,
        columns: Vec<String>,
    },
    Row(Vec<Cell>),
    End {
        rows: u64,
    },
    /// SHA-256 of every byte before this line, in base64.
    Seal {
        sha256: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    format: String,
    schema_version: i64,
    installation: String,
    master_key_id: String,
    made_at: i64,
}

/// A value. Reals are text, as JSON has neither infinities nor a rule for
/// their digits; bytes are base64 (RFC 4648, section 4).
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cell {
    Null,
    Text(String),
    Int(i64),
    Bool(bool),
    Real(String),
    Bytes(String),
}

impl From<&Header> for Head {
    fn from(header: &Header) -> Self {
        Self {
            format: FORMAT.to_owned(),
            schema_version: header.schema_version,
            installation: header.installation.clone(),
            master_key_id: header.master_key_id.clone(),
            made_at: header.made_at.micros(),
        }
    }
}

impl TryFrom<Head> for Header {
    type Error = Error;

    fn try_from(head: Head) -> Result<Self> {
        if head.format != FORMAT {
            return Err(invalid("its format is not known"));
        }
        Ok(Self {
            schema_version: head.schema_version,
            installation: head.installation,
            master_key_id: head.master_key_id,
            made_at: Time::from_micros(head.made_at),
        })
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(Some(text)) => Self::Text(text),
            Value::Int(Some(number)) => Self::Int(number),
            Value::Bool(Some(flag)) => Self::Bool(flag),
            Value::Real(Some(number)) => Self::Real(number.to_string()),
            Value::Bytes(Some(bytes)) => Self::Bytes(STANDARD.encode(bytes)),
            _ => Self::Null,
        }
    }
}

impl TryFrom<&Cell> for Value {
    type Error = Error;

    fn try_from(cell: &Cell) -> Result<Self> {
        Ok(match cell {
            Cell::Null => Self::Text(None),
            Cell::Text(text) => Self::Text(Some(text.clone())),
            Cell::Int(number) => Self::Int(Some(*number)),
            Cell::Bool(flag) => Self::Bool(Some(*flag)),
            Cell::Real(text) => Self::Real(Some(
                text.parse()
                    .map_err(|_| invalid("a number cannot be read"))?,
            )),
            Cell::Bytes(text) => Self::Bytes(Some(
                STANDARD
                    .decode(text)
                    .map_err(|_| invalid("bytes cannot be read"))?,
            )),
        })
    }
}
