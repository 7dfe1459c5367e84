//! The answer of a command that does the same to several things.

use serde_json::json;

use super::{
    exit::{Exit, Failure},
    terminal::Answer,
};

/// `{"results": [{"id", "state"} | {"error"}]}`.
/// One that failed alone fails as itself.
pub(crate) fn several(
    state: &str,
    mut outcomes: Vec<Result<String, Failure>>,
) -> Result<Answer, Failure> {
    if outcomes.len() == 1
        && let Some(failure) = outcomes
            .pop_if(|outcome| outcome.is_err())
            .and_then(Result::err)
    {
        return Err(failure);
    }
    let failed = outcomes.iter().any(Result::is_err);
    let mut lines = Vec::new();
    let mut results = Vec::new();
    for outcome in &outcomes {
        match outcome {
            Ok(id) => {
                lines.push(format!("{id} {state}"));
                results.push(json!({ "id": id, "state": state }));
            }
            Err(failure) => {
                lines.push(format!("failed: {}", failure.words()));
                results.push(json!({ "error": failure.inside() }));
            }
        }
    }
    let answer = Answer::new(json!({ "results": results }), lines.join("\n"));
    Ok(if failed {
        answer.exiting(Exit::Some)
    } else {
        answer
    })
}

#[cfg(test)]
mod tests {
    use tollgate_base::{Error, codes};

    use super::several;
    use crate::cli::exit::{Exit, Failure};

    #[test]
    fn some_of_many_have_their_own_exit_code() {
        let good = || Ok("usr_1".to_owned());
        let bad = || Err(Failure::from(Error::new(&codes::PERSON_MISSING)));
        let exit = |outcomes| match several("active", outcomes) {
            Ok(answer) => answer.exit,
            Err(failure) => failure.exit(),
        };
        assert_eq!(exit(vec![good(), good()]), Exit::Done);
        assert_eq!(exit(vec![good(), bad()]), Exit::Some);
        assert_eq!(exit(vec![bad(), bad()]), Exit::Some);
        assert_eq!(exit(vec![bad()]), Exit::Missing);
    }
}
