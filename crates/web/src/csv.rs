//! Rows of a CSV file (RFC 4180) that no spreadsheet takes for formulas.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// A file of such lines, to be kept under that name.
pub fn csv_file(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}

/// A line with its end.
pub fn csv_line(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\r\n"
}

/// A text that would begin a formula gets an apostrophe first.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    /// asvs:V1.2.10
    #[test]
    fn nothing_is_taken_for_a_formula() {
        assert_eq!(csv_line(&["Ann", "a,\"b\""]), "\"Ann\",\"a,\"\"b\"\"\"\r\n");
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(csv_line(&[bad]).starts_with("\"'"), "{bad}");
        }
    }
}
