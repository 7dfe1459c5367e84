//! How to reach the server: the URL read once into a configuration.

use std::{pin::Pin, time::Duration};

use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;
use tollgate_base::{Error, ExposeSecret, Result, codes};

use super::{Connection, silent, tls};
use crate::sql::{Settings, fault::Fault};

/// What moves a connection's bytes; it has to be spawned, and ends with it.
pub(super) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(super) struct Connector {
    config: tokio_postgres::Config,
    tls: MakeRustlsConnect,
    patience: Duration,
}

impl Connector {
    /// # Errors
    /// `config.invalid`. The URL holds a password and is never repeated.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let (url, mode) = take_sslmode(settings.url.expose_secret());
        let mut config: tokio_postgres::Config = url
            .parse()
            .map_err(|_| invalid("The PostgreSQL URL is not valid"))?;
        let (negotiate, trust) = match mode.as_deref() {
            Some("disable") => (SslMode::Disable, tls::Trust::Anyone),
            // Whoever could show a false certificate could also refuse TLS.
            None | Some("prefer") => (SslMode::Prefer, tls::Trust::Anyone),
            Some("require" | "verify-full") => (SslMode::Require, tls::Trust::Roots),
            Some(_) => {
                return Err(invalid(
                    "sslmode is one of disable, prefer, require, verify-full",
                ));
            }
        };
        let patience = settings.read_deadline;
        // A server that lost us must not keep our locks.
        let limits = format!(
            "{} -c statement_timeout={} -c idle_in_transaction_session_timeout={}",
            config.get_options().unwrap_or_default(),
            settings
                .read_deadline
                .max(settings.write_deadline)
                .as_millis(),
            (settings.write_deadline * 2).as_millis(),
        );
        config
            .ssl_mode(negotiate)
            .options(limits.trim_start())
            .application_name("tollgate")
            .connect_timeout(patience)
            .keepalives_idle(Duration::from_secs(15))
            .tcp_user_timeout(Duration::from_secs(15));
        Ok(Self {
            config,
            tls: tls::connector(trust, settings.tls_root_file.as_deref())?,
            patience,
        })
    }

    pub(super) async fn connect(&self) -> Result<(Connection, Driver), Fault> {
        let connecting = self.config.connect(self.tls.clone());
        let connected = timeout(self.patience, connecting)
            .await
            .map_err(|_| silent())?;
        let (client, connection) =
            connected.map_err(|error| Fault::from(error).while_connecting())?;
        let driver = async move {
            if let Err(fault) = connection.await {
                tracing::warn!(fault = ?Fault::from(fault), "A connection to the database was lost");
            }
        };
        Ok((Connection::new(client), Box::pin(driver)))
    }
}

/// The driver knows only three of the modes, so that it is not shown any.
fn take_sslmode(url: &str) -> (String, Option<String>) {
    let Some((address, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (modes, others): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|part| !part.is_empty())
        .partition(|part| part.starts_with("sslmode="));
    let mode = modes.last().map(|part| part["sslmode=".len()..].to_owned());
    (format!("{address}?{}", others.join("&")), mode)
}

fn invalid(detail: &'static str) -> Error {
    Error::new(&codes::CONFIG_INVALID).detail(detail)
}

#[cfg(test)]
mod tests {
    use super::take_sslmode;

    #[test]
    fn the_mode_is_taken_out_of_the_url() {
        let (url, mode) = take_sslmode("postgres://h/d?a=1&sslmode=verify-full&b=2");
        assert_eq!(
            (url.as_str(), mode.as_deref()),
            ("postgres://h/d?a=1&b=2", Some("verify-full"))
        );
        let (url, mode) = take_sslmode("postgres://h/d?sslmode=disable");
        assert_eq!(
            (url.as_str(), mode.as_deref()),
            ("postgres://h/d?", Some("disable"))
        );
        assert_eq!(
            take_sslmode("postgres://h/d"),
            ("postgres://h/d".to_owned(), None)
        );
    }
}
