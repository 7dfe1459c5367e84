//! One refresh on PostgreSQL as one statement: what has to be true, what
//! changes and the event, in one journey. Each client has its connection.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use tokio_postgres::{Client, NoTls, Statement};
use tollgate_base::{entropy::Entropy, id::EventId, time::Clock};

use super::rotation::Chain;
use crate::Result;

const ROTATE: &str = "WITH spent AS (
        UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL
            AND EXISTS (SELECT 1 FROM sessions s JOIN accounts a ON a.id = s.account_id
                WHERE s.id = refresh_tokens.session_id AND s.revoked_at IS NULL AND a.suspended_at IS NULL)
        RETURNING session_id, generation),
    added AS (
        INSERT INTO refresh_tokens (hash, session_id, generation, created_at, expires_at)
        SELECT $3, session_id, generation + 1, $2, $4 FROM spent),
    seen AS (UPDATE sessions SET last_seen_at = $2 WHERE id IN (SELECT session_id FROM spent)),
    noted AS (
        INSERT INTO events (id, at, kind, actor, subject, session, data, personal_digest)
        SELECT $5, $2, 'session.refreshed', $6, $6, session_id, '{}', $3 FROM spent)
    SELECT session_id FROM spent";

const CHAINS: &str = "SELECT r.hash, r.session_id, r.generation, s.account_id
    FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id
        JOIN identifiers i ON i.account_id = s.account_id
    WHERE r.used_at IS NULL ORDER BY i.canonical DESC LIMIT $1";

/// Clients with a chain of tokens each.
pub(crate) struct Rotations(Vec<Rotator>);

struct Rotator {
    client: Client,
    statement: Statement,
    chain: Chain,
}

impl Rotations {
    pub(crate) async fn open(url: &str, clients: usize) -> Result<Self> {
        let first = connect(url).await?;
        let rows = first.query(CHAINS, &[&(clients as i64)]).await?;
        assert_eq!(rows.len(), clients, "as many people as clients");
        let mut rotators = Vec::new();
        for row in rows {
            let client = connect(url).await?;
            let statement = client.prepare(ROTATE).await?;
            let token: Vec<u8> = row.get(0);
            let chain = Chain {
                token: token.try_into().map_err(|_| "a hash of 32 bytes")?,
                session: row.get(1),
                generation: row.get(2),
                account: row.get(3),
            };
            rotators.push(Rotator {
                client,
                statement,
                chain,
            });
        }
        Ok(Self(rotators))
    }

    /// Rotate for `during`; rotations in a second.
    pub(crate) async fn run(&mut self, during: Duration) -> Result<f64> {
        let begun = Instant::now();
        let work = self.0.iter_mut().map(|rotator| rotator.run(begun, during));
        let done: u32 = try_join_all(work).await?.into_iter().sum();
        Ok(f64::from(done) / begun.elapsed().as_secs_f64())
    }
}

impl Rotator {
    async fn run(&mut self, begun: Instant, during: Duration) -> Result<u32> {
        let mut done = 0;
        while begun.elapsed() < during {
            let (now, next) = (Clock::machine().now(), Entropy.bytes::<32>()?);
            let event = EventId::new(now, &Entropy)?.to_string();
            let expires = now.plus(Duration::from_hours(24)).micros();
            let (token, next_bytes) = (&self.chain.token[..], &next[..]);
            let rows = self
                .client
                .query(
                    &self.statement,
                    &[
                        &token,
                        &now.micros(),
                        &next_bytes,
                        &expires,
                        &event,
                        &self.chain.account,
                    ],
                )
                .await?;
            assert_eq!(rows.len(), 1, "spent once");
            self.chain.token = next;
            done += 1;
        }
        Ok(done)
    }
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::task::spawn_local(connection);
    Ok(client)
}
