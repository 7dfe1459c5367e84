//! What somebody who makes an account typed, parsed with every fault that can
//! be told at once.

use tollgate_base::{
    Error, Result, SecretString, codes,
    identifier::{Email, Username},
};
use tollgate_flows::Applicant;

/// The applicant. An address is required on pages: links are sent there.
///
/// # Errors
/// `identifier.invalid`.
pub(crate) fn applicant(
    name: &str,
    email: &str,
    username: &str,
    password: Option<&SecretString>,
) -> Result<Applicant> {
    let email = Email::parse(email);
    let username = filled(username).map(Username::parse).transpose();
    match (email, username) {
        (Ok(email), Ok(username)) => Ok(Applicant {
            email: Some(email),
            username,
            display_name: filled(name).map(ToOwned::to_owned),
            password: password.cloned(),
        }),
        (email, username) => {
            let faults = [email.err(), username.err()];
            let fields = faults.iter().flatten().flat_map(Error::fields);
            let invalid = Error::new(&codes::IDENTIFIER_INVALID);
            Err(fields.fold(invalid, |error, field| {
                error.field(field.pointer.clone(), field.rule, field.detail.clone())
            }))
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::applicant;

    #[test]
    fn all_faults_are_told_at_once() {
        let password = "horse battery".to_owned().into();
        let fault = applicant(" ", "ann", "a@b", Some(&password)).unwrap_err();
        let fields: Vec<_> = fault.fields().iter().map(|field| &*field.pointer).collect();
        assert_eq!(fields, ["/email", "/username"]);
        let good = applicant(" ", "ann@example.org", "", None).unwrap();
        assert!(good.username.is_none() && good.display_name.is_none());
    }
}
