//! What may cross the seam: five kinds of value, each of which may be null,
//! and the types of ours that turn into them and back.

use std::fmt;

use tollgate_base::{
    access::Role,
    id::{
        AlertId, DeliveryId, DeviceId, EventId, FactorId, JobId, KeyId, NodeId, OneTimeId, OrgId,
        PasskeyId, RequestId, SessionId, SiteId, UserId, WebhookId,
    },
    time::Time,
};

/// One value of a statement's arguments or of a row. A null has a type when
/// it is bound; the nulls of a row are all of the first kind.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `TEXT`.
    Text(Option<String>),
    /// `BIGINT`; times are microseconds.
    Int(Option<i64>),
    /// `BOOLEAN`; SQLite keeps 0 and 1.
    Bool(Option<bool>),
    /// `DOUBLE PRECISION`.
    Real(Option<f64>),
    /// `BYTEA`.
    Bytes(Option<Vec<u8>>),
}

/// What can be bound to `$n`.
pub trait ToValue {
    /// The value.
    fn to_value(self) -> Value;
    /// The null of this type.
    fn null() -> Value;
}

/// What can be read from a column.
pub trait FromValue: Sized {
    /// The value, if it is of this type and not null.
    fn from_value(value: &Value) -> Option<Self>;
}

/// Arguments for `$1`, `$2` … in order: `args![id, name, None::<Time>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::sql::Value::from($value)),*] };
}

impl Value {
    /// Whether there is nothing in it.
    pub const fn is_null(&self) -> bool {
        matches!(
            self,
            Self::Text(None)
                | Self::Int(None)
                | Self::Bool(None)
                | Self::Real(None)
                | Self::Bytes(None)
        )
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Int(_) => "int",
            Self::Bool(_) => "bool",
            Self::Real(_) => "real",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// What is stored may be personal: shows the kind, not the content.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_null() { "null" } else { self.kind() })
    }
}

impl<T: ToValue> From<T> for Value {
    fn from(value: T) -> Self {
        value.to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(self) -> Value {
        self.map_or_else(T::null, T::to_value)
    }

    fn null() -> Value {
        T::null()
    }
}

impl<T: ToValue + Clone> ToValue for &T {
    fn to_value(self) -> Value {
        self.clone().to_value()
    }

    fn null() -> Value {
        T::null()
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if value.is_null() {
            Some(None)
        } else {
            T::from_value(value).map(Some)
        }
    }
}

/// Types that can be bound: `type as Kind, how`.
macro_rules! bind {
    ($($type:ty as $kind:ident, |$value:ident| $how:expr;)*) => {$(
        impl ToValue for $type {
            fn to_value(self) -> Value {
                let $value = self;
                Value::$kind(Some($how))
            }

            fn null() -> Value {
                Value::$kind(None)
            }
        }
    )*};
}

/// Types that can be read: `type from Kind, how` with an `Option` as answer.
macro_rules! read {
    ($($type:ty, from $kind:ident, |$value:ident| $how:expr;)*) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                let Value::$kind(Some($value)) = value else { return None };
                $how
            }
        }
    )*};
}

/// Types of ours whose canonical text is stored.
macro_rules! textual {
    ($($type:ty),*) => {
        bind! { $($type as Text, |value| value.to_string();)* }
        read! { $($type, from Text, |text| text.parse().ok();)* }
    };
}

bind! {
    &str as Text, |text| text.to_owned();
    String as Text, |text| text;
    i64 as Int, |number| number;
    u32 as Int, |number| i64::from(number);
    Time as Int, |time| time.micros();
    bool as Bool, |flag| flag;
    f64 as Real, |number| number;
    &[u8] as Bytes, |bytes| bytes.to_vec();
    Vec<u8> as Bytes, |bytes| bytes;
    [u8; 32] as Bytes, |bytes| bytes.to_vec();
}

read! {
    String, from Text, |text| Some(text.clone());
    i64, from Int, |number| Some(*number);
    u32, from Int, |number| u32::try_from(*number).ok();
    Time, from Int, |micros| Some(Time::from_micros(*micros));
    f64, from Real, |number| Some(*number);
    Vec<u8>, from Bytes, |bytes| Some(bytes.clone());
    [u8; 32], from Bytes, |bytes| bytes.as_slice().try_into().ok();
}

textual!(
    AlertId, DeliveryId, DeviceId, EventId, FactorId, JobId, KeyId, NodeId, OneTimeId, OrgId,
    PasskeyId, RequestId, SessionId, SiteId, UserId, WebhookId, Role
);

/// SQLite has no booleans of its own: 0 and 1 are read as such.
impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => *flag,
            Value::Int(Some(0)) => Some(false),
            Value::Int(Some(1)) => Some(true),
            _ => None,
        }
    }
}
