//! Handing a mail to a server (RFC 5321), and telling what is wrong with the
//! server from what is wrong with the mail.

use std::{fmt, fs, path::PathBuf, time::Duration};

use lettre::{
    address::{Address, Envelope},
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        extension::ClientId,
    },
};
use tokio::time::timeout;
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

use super::Message;

/// How long a server may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(1);
/// Answers that tell of our credentials and not of the mail: "authentication
/// required", "too weak", "invalid", "needs encryption" (RFC 4954, section 6).
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// A server that takes mail.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: Encryption,
    /// Who we are to it, if it wants to know.
    pub user: Option<String>,
    /// The password of that user.
    pub password: Option<SecretString>,
    /// The authorities that vouch for it, in PEM; the public ones if absent.
    pub roots: Option<PathBuf>,
    /// How long handing over one mail may take.
    pub patience: Duration,
    /// Who mail is from, such as `Tollgate <tollgate@example.org>`.
    pub from: String,
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after `STARTTLS`; no mail without it (RFC 3207).
    StartTls,
    /// None: for a server on this machine.
    None,
}

/// Speaks to one server.
pub struct Smtp {
    server: Server,
    from: Mailbox,
    tls: TlsParameters,
}

impl Smtp {
    /// Get ready; nothing is sent.
    ///
    /// # Errors
    /// `config.invalid` if the sender's address or the file of authorities is
    /// not one.
    pub fn new(server: Server) -> Result<Self> {
        let invalid = |what: &'static str| Error::new(&codes::CONFIG_INVALID).detail(what);
        let from = server
            .from
            .parse()
            .map_err(|fault| invalid("mail.from is not an address").because(fault))?;
        let mut tls = TlsParameters::builder(server.host.clone());
        if let Some(file) = &server.roots {
            let unreadable = || invalid("mail.tls_root_file is not a PEM file of certificates");
            let pem = fs::read(file).map_err(|fault| unreadable().because(fault))?;
            let roots = Certificate::from_pem(&pem).map_err(|fault| unreadable().because(fault))?;
            tls = tls
                .certificate_store(CertificateStore::None)
                .add_root_certificate(roots);
        }
        let tls = tls
            .build_rustls()
            .map_err(|fault| invalid("mail.tls_root_file cannot be used").because(fault))?;
        Ok(Self { server, from, tls })
    }

    /// Hand a mail over.
    ///
    /// # Errors
    /// `mail.failed` if trying again may help, `mail.refused` if the server
    /// wants this mail neither now nor later.
    pub(super) async fn send(&self, message: &Message) -> Result<()> {
        let (envelope, text) = self.write(message)?;
        let handing_over = async {
            let mut connection = self.connect().await?;
            let sent = connection.send(&envelope, &text).await;
            sent.map_err(|fault| about_mail(&fault).because(fault))?;
            Ok(connection)
        };
        farewell(self.in_time(handing_over).await?).await;
        Ok(())
    }

    /// Whether the server takes our connection, certificates and credentials.
    ///
    /// # Errors
    /// `mail.failed`.
    pub(super) async fn reach(&self) -> Result<()> {
        farewell(self.in_time(self.connect()).await?).await;
        Ok(())
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let late = |_| failed("The mail server took too long.".into());
        timeout(self.server.patience, work).await.map_err(late)?
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection> {
        let unreached =
            |fault: lettre::transport::smtp::Error| failed(about_server(&fault)).because(fault);
        let (server, hello) = (&self.server, self.hello());
        let wrapped = (server.encryption == Encryption::Tls).then(|| self.tls.clone());
        let place = (server.host.as_str(), server.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            place,
            Some(server.patience),
            &hello,
            wrapped,
            None,
        )
        .await
        .map_err(unreached)?;
        if server.encryption == Encryption::StartTls {
            let upgraded = connection.starttls(self.tls.clone(), &hello).await;
            upgraded.map_err(unreached)?;
        }
        if let Some(user) = &server.user {
            let password = server.password.as_ref().map_or("", |it| it.expose_secret());
            let credentials = Credentials::new(user.clone(), password.to_owned());
            let known = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            known.map_err(unreached)?;
        }
        Ok(connection)
    }

    /// Servers want a name that is in the DNS; that of our mail is.
    fn hello(&self) -> ClientId {
        ClientId::Domain(self.from.email.domain().to_owned())
    }

    fn write(&self, message: &Message) -> Result<(Envelope, Vec<u8>)> {
        let unwritable = |what: &'static str| Error::new(&codes::MAIL_REFUSED).detail(what);
        let to: Address = message.to.parse().map_err(|fault| {
            unwritable("No mail can be sent to an address of this form.").because(fault)
        })?;
        let id = format!("<{}@{}>", message.id, self.from.email.domain());
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            .message_id(Some(id))
            .date(message.at.system())
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(
                message.text.expose_secret().to_owned(),
                message.html.expose_secret().to_owned(),
            ))
            .map_err(|fault| unwritable("The mail cannot be written.").because(fault))?;
        Ok((mail.envelope().clone(), mail.formatted()))
    }
}

/// Without what stands in the messages of a server: it may name people.
fn about_server(fault: &lettre::transport::smtp::Error) -> String {
    match fault.status() {
        Some(code) => format!("The mail server does not let us in; it answered {code}."),
        None if fault.is_timeout() => "The mail server took too long.".into(),
        None if fault.is_client() => {
            "The mail server does not offer what mail.url asks for.".into()
        }
        None if fault.is_response() => "The mail server cannot be understood.".into(),
        None => "The mail server cannot be reached.".into(),
    }
}

/// What became of a mail after the server had let us in.
fn about_mail(fault: &lettre::transport::smtp::Error) -> Error {
    let Some(code) = fault.status() else {
        return if fault.is_client() {
            Error::new(&codes::MAIL_REFUSED)
                .detail("The mail server cannot take an address of this form.")
        } else {
            failed("The connection to the mail server broke.".into())
        };
    };
    let says = format!("The mail server answered {code}.");
    if fault.is_permanent() && !ABOUT_US.contains(&code.into()) {
        Error::new(&codes::MAIL_REFUSED).detail(says)
    } else {
        failed(says)
    }
}

fn failed(says: String) -> Error {
    Error::new(&codes::MAIL_FAILED).detail(says)
}

/// The mail is handed over already: whatever comes now changes nothing.
async fn farewell(mut connection: AsyncSmtpConnection) {
    let _ = timeout(FAREWELL, connection.quit()).await;
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.server).finish()
    }
}
