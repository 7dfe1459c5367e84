//! A setting, declared once. From the table of these derive the check for
//! unknown names, the environment's names, `config show` and `config init`.
//! How a value is read lives in `meant`, where it comes from in `said`.

use strsim::damerau_levenshtein;

use super::meant::Reader;

/// Stand-ins whose value follows from `profile`: in the standard one, and in
/// the strict one.
pub const BY_PROFILE: [(&str, &str, &str); 4] = [
    ("{shortest}", "8", "15"),
    ("{remembered}", "0", "5"),
    ("{trusted}", "30d", "off"),
    ("{required}", "founder", "all"),
];

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its full name, such as `session.idle`.
    pub name: &'static str,
    /// What it does, line by line.
    pub doc: &'static [&'static str],
    /// What may be written, such as `a duration such as 90s, 15m or 14d`.
    pub form: &'static str,
    /// How it is written in TOML.
    pub shape: Shape,
    /// Every text that it, or each item of a list, may be, if these can be counted.
    pub choices: &'static [&'static str],
    /// What it is when nobody says anything. `{data_dir}`, `{address}`, `{cores}`
    /// and those [`BY_PROFILE`] stand for what the machine and other settings
    /// say. Absent for what may be left unset.
    pub default: Option<&'static str>,
    /// Something to show where there is no default.
    pub example: Option<&'static str>,
    /// Lowest and highest value.
    pub range: Option<(&'static str, &'static str)>,
    /// Whether its value is never shown.
    pub secret: bool,
    /// What a change needs.
    pub effect: Effect,
}

/// When a changed setting takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// At the next reload.
    AtOnce,
    /// At the next start.
    AtRestart,
}

/// How a value is written in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In quotes.
    Text,
    /// A whole number, `true` or `false`.
    Bare,
    /// A list of texts; separated by commas in the environment.
    List,
}

/// The settings of one table of the file.
#[derive(Debug)]
pub struct Table {
    /// Its name, such as `dialects.chatbot`; empty for the top of the file.
    pub name: &'static str,
    /// What it is about, line by line.
    pub doc: &'static [&'static str],
    /// Its settings, in the order of the manual.
    pub keys: &'static [Key],
}

/// A struct whose fields are the settings of one table.
pub(super) trait Section: Sized {
    /// Its settings, declared in the order of its fields.
    const TABLE: Table;

    /// Read every field; faults go to the reader, which answers with the
    /// default instead, so that all of them are found in one go.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;

    /// Each field as `config show` tells it.
    fn shown(&self) -> Vec<(&'static Key, String)>;

    /// The settings in which the two differ.
    fn changed(&self, other: &Self) -> Vec<&'static Key>;
}

/// Declares a table of settings: struct, key table and how both meet.
///
/// `name: Type = "default" in "lowest"..="highest" => AtOnce;` — the default
/// and the range are written as an operator would write them. Without a
/// default the type is an `Option`, and `like "example"` shows what to write.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $section:ident in $table:literal + $prefix:literal {
            $(
                $(#[doc = $doc:literal])+
                $name:ident: $type:ty
                    $(= $default:literal $(in $low:literal..=$high:literal)?)?
                    $(, like $example:literal)?
                    $(=> $effect:ident)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $section {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        impl $crate::config::key::Section for $section {
            const TABLE: $crate::config::key::Table = {
                use $crate::config::{key::{Effect, Key, Table}, meant::value::Value};

                const KEYS: &[Key] = &[$(Key {
                    name: concat!($prefix, stringify!($name)),
                    doc: &[$($doc),+],
                    form: <$type as Value>::FORM,
                    shape: <$type as Value>::SHAPE,
                    choices: <$type as Value>::CHOICES,
                    default: [$(Some($default),)? None][0],
                    example: [$(Some($example),)? None][0],
                    range: [$($(Some(($low, $high)),)?)? None][0],
                    secret: <$type as Value>::SECRET,
                    effect: [$(Effect::$effect,)? Effect::AtRestart][0],
                }),+];
                Table { name: $table, doc: &[$($about),+], keys: KEYS }
            };

            fn read(reader: &mut $crate::config::meant::Reader<'_>) -> Option<Self> {
                let mut keys = Self::TABLE.keys.iter();
                $(
                    let key = keys.next()?;
                    let $name: Option<$type> = reader.read(key);
                    $($(reader.within(key, $name.as_ref(), ($low, $high));)?)?
                )+
                Some(Self { $($name: $name?),+ })
            }

            fn shown(&self) -> Vec<(&'static $crate::config::key::Key, String)> {
                use $crate::config::meant::value::Value;

                Self::TABLE.keys.iter().zip([$(self.$name.shown()),+]).collect()
            }

            fn changed(&self, other: &Self) -> Vec<&'static $crate::config::key::Key> {
                let differs = [$(self.$name != other.$name),+];
                Self::TABLE.keys.iter().zip(differs).filter_map(|(key, differs)| differs.then_some(key)).collect()
            }
        }
    };
}
pub(super) use section;

/// What the environment's names begin with.
const VARIABLE_PREFIX: &str = "TOLLGATE_";
/// Longer names resemble nothing.
const LONGEST_NAME: usize = 64;

impl Key {
    /// Its name in the environment, such as `TOLLGATE_SESSION__IDLE`.
    pub fn variable(&self) -> String {
        format!(
            "{VARIABLE_PREFIX}{}",
            self.name.replace('.', "__").to_uppercase()
        )
    }

    /// Its name within its table.
    pub fn field(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }
}

/// The setting that a variable would name, whether or not there is one.
pub(super) fn of_variable(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(VARIABLE_PREFIX)?;
    let upper = !name.contains(|c: char| c.is_lowercase());
    upper.then(|| name.to_lowercase().replace("__", "."))
}

/// Which of the known names somebody probably meant: the one with the fewest
/// slips of the pen, or the only one of that name in another table.
pub(crate) fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    if word.len() > LONGEST_NAME {
        return None;
    }
    let word = word.to_lowercase();
    let slips = |name: &str| damerau_levenshtein(&word, name);
    let close = known.iter().copied().min_by_key(|name| slips(name));
    if let Some(name) = close.filter(|name| slips(name) <= 1 + name.len() / 6) {
        return Some(name);
    }
    let last = word.rsplit('.').next()?;
    let mut namesakes = known
        .iter()
        .copied()
        .filter(|name| name.rsplit('.').next() == Some(last));
    namesakes.next().filter(|_| namesakes.next().is_none())
}
