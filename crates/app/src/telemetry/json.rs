//! A line of the log as a JSON object: written in one go, as every request has
//! one. What a span says is put into words once, when it begins.

use std::fmt::{self, Debug, Write};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// `{"timestamp":…,"level":…,"message":…,…,"target":…,"span":{"name":…,…}}`.
#[derive(Clone, Copy)]
pub(super) struct Json;

/// Each field as `,"name":value`.
struct Fields<'w>(&'w mut dyn Write, fmt::Result);

/// Text within quotation marks, as JSON spells it.
struct Escaped<'w>(&'w mut dyn Write);

impl<'w> FormatFields<'w> for Json {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut visitor = Fields(&mut writer, Ok(()));
        fields.record(&mut visitor);
        visitor.1
    }
}

impl<S> FormatEvent<S, Self> for Json
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Self>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Lines of libraries that use another interface say where they are from
        // in fields.
        let normalized = event.normalized_metadata();
        let about = normalized.as_ref().unwrap_or_else(|| event.metadata());
        writer.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut writer)?;
        write!(writer, "\",\"level\":\"{}\"", about.level())?;
        let mut visitor = Fields(&mut writer, Ok(()));
        event.record(&mut visitor);
        visitor.1?;
        write!(writer, ",\"target\":\"{}\"", about.target())?;
        if let Some(span) = context.lookup_current() {
            write!(writer, ",\"span\":{{\"name\":\"{}\"", span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<Self>>() {
                writer.write_str(&fields.fields)?;
            }
            writer.write_char('}')?;
        }
        writer.write_str("}\n")
    }
}

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl FnOnce(&mut dyn Write) -> fmt::Result) {
        let name = field.name().trim_start_matches("r#");
        if self.1.is_ok() && !name.starts_with("log.") {
            self.1 = write!(self.0, ",\"{name}\":").and_then(|()| value(self.0));
        }
    }
}

impl Visit for Fields<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |line| write!(line, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |line| write!(line, "{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON knows neither infinities nor what is no number.
        if value.is_finite() {
            self.put(field, |line| write!(line, "{value:?}"));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |line| write!(line, "{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, |line| quote(line, format_args!("{value}")));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, |line| quote(line, format_args!("{value:?}")));
    }
}

fn quote(line: &mut dyn Write, text: fmt::Arguments<'_>) -> fmt::Result {
    line.write_char('"')?;
    Escaped(line).write_fmt(text)?;
    line.write_char('"')
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = 0;
        for (place, byte) in text.bytes().enumerate() {
            if !matches!(byte, b'"' | b'\\' | 0..0x20) {
                continue;
            }
            self.0.write_str(&text[plain..place])?;
            match byte {
                b'\n' => self.0.write_str("\\n")?,
                b'"' | b'\\' => write!(self.0, "\\{}", char::from(byte))?,
                _ => write!(self.0, "\\u{byte:04x}")?,
            }
            plain = place + 1;
        }
        self.0.write_str(&text[plain..])
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::{Value, json};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// asvs:V16.2.4, asvs:V16.4.1, vuln:136
    #[test]
    fn a_line_is_one_object_whatever_is_said() {
        let (kept, odd) = (Kept::default(), "\"\\\n\r\t\0\u{7f}ü\u{2028}😀");
        let writer = kept.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(move || writer.clone())
            .fmt_fields(Json)
            .event_format(Json);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("request", request.id = odd, method = %"GET");
            span.in_scope(|| tracing::warn!(odd, n = -1, m = 2_u64, yes = true, "Said {odd}"));
            tracing::info!(debug = ?Some("x"), none = None::<u8>, real = 0.5);
        });
        let lines = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let mut lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for line in &mut lines {
            let line = line.as_object_mut().unwrap();
            let time = line.remove("timestamp").unwrap();
            assert!(time.as_str().unwrap().ends_with('Z'));
        }
        let target = module_path!();
        let told = json!({
            "level": "WARN", "message": format!("Said {odd}"), "odd": odd, "n": -1, "m": 2,
            "yes": true, "target": target,
            "span": { "name": "request", "request.id": odd, "method": "GET" },
        });
        assert_eq!(lines[0], told);
        let told =
            json!({ "level": "INFO", "debug": "Some(\"x\")", "real": 0.5, "target": target });
        assert_eq!(lines[1], told);
        assert_eq!(lines.len(), 2);
    }
}
