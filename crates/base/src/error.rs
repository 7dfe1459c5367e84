//! Why a request was not granted. Knows no HTTP: floor 5 turns a kind into a
//! status, and each dialect into its own body.

use std::{borrow::Cow, fmt, time::Duration};

use crate::codes::Code;

/// The answer of everything that can be refused or break.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of refusal a [`Code`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request itself is wrong and will stay wrong.
    Invalid,
    /// We do not know who asks, or no longer trust the credential.
    Stranger,
    /// We know who asks, and they may not.
    Denied,
    /// There is no such thing, or none that the asker may know of.
    Missing,
    /// It contradicts what is there.
    Conflict,
    /// Too often; ask again after `retry_after`.
    Limited,
    /// The server has more to do than it can; ask again after `retry_after`.
    Busy,
    /// A budget is used up; time alone does not mend it.
    Exhausted,
    /// A server that we depend on failed.
    Upstream,
    /// A fault of ours.
    Broken,
}

/// One field of the request that is wrong, named by a JSON pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Such as `/email`.
    pub pointer: Cow<'static, str>,
    /// A stable word for programs, such as `too_short`.
    pub rule: &'static str,
    /// A sentence for people.
    pub detail: Cow<'static, str>,
}

/// A refusal: a stable code, words that may be shown, and a cause that is only
/// logged, once, where the answer is made.
pub struct Error(Box<Inside>);

struct Inside {
    code: &'static Code,
    detail: Option<Cow<'static, str>>,
    fields: Vec<FieldFault>,
    retry_after: Option<Duration>,
    proof: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal with the words of its code.
    pub fn new(code: &'static Code) -> Self {
        Self(Box::new(Inside {
            code,
            detail: None,
            fields: Vec::new(),
            retry_after: None,
            proof: None,
            cause: None,
        }))
    }

    /// Say more than the code's own words. Shown to the asker.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Name a field that is wrong; may be called for several.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<Cow<'static, str>>,
        rule: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.fields.push(FieldFault {
            pointer: pointer.into(),
            rule,
            detail: detail.into(),
        });
        self
    }

    /// Call a field by the name that it has on one surface.
    #[must_use]
    pub fn renamed(mut self, from: &str, to: &'static str) -> Self {
        for fault in &mut self.0.fields {
            if fault.pointer == from {
                fault.pointer = to.into();
            }
        }
        self
    }

    /// Say when to ask again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Say what to work on before asking again.
    #[must_use]
    pub fn with_proof(mut self, challenge: String) -> Self {
        self.0.proof = Some(challenge);
        self
    }

    /// Keep what went wrong below, for the log alone.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The kind of the code.
    pub fn kind(&self) -> Kind {
        self.0.code.kind
    }

    /// Whether this is that code.
    pub fn is(&self, code: &'static Code) -> bool {
        self.0.code.name == code.name
    }

    /// What may be shown.
    pub fn public(&self) -> &str {
        self.0.detail.as_deref().unwrap_or(self.0.code.help)
    }

    /// The fields that are wrong.
    pub fn fields(&self) -> &[FieldFault] {
        &self.0.fields
    }

    /// When to ask again, if time mends it.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What to work on before asking again, if that is what it takes.
    pub fn proof(&self) -> Option<&str> {
        self.0.proof.as_deref()
    }

    /// What went wrong below. Never shown.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }
}

/// Code, public words and the chain of causes: for logs, not for answers.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name, self.public())?;
        for fault in &self.0.fields {
            write!(f, "; {} {}", fault.pointer, fault.rule)?;
        }
        let mut cause = self
            .0
            .cause
            .as_deref()
            .map(|cause| cause as &dyn std::error::Error);
        let mut said = String::new();
        while let Some(fault) = cause {
            let words = fault.to_string();
            // Some say in their own words those of their cause.
            if !said.ends_with(&words) {
                write!(f, ": {words}")?;
                said = words;
            }
            cause = fault.source();
        }
        Ok(())
    }
}

/// Code and public words only.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name, self.public())
    }
}

impl std::error::Error for Error {}
