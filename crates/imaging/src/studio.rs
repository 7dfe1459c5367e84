//! Where avatars are made: one at a time, as unpacking takes memory; few wait,
//! and none for long.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use tollgate_base::{Error, Result, codes};

use crate::{Avatar, UPLOAD_MOST, container::broken};

/// Uploads that are held at a time, the one at work among them.
const SEATS: usize = 8;
/// How long an upload may take, its wait included.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes avatars off the threads that answer requests.
#[derive(Debug)]
pub struct Studio {
    seats: Semaphore,
    turn: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Studio {
    fn default() -> Self {
        Self {
            seats: Semaphore::new(SEATS),
            turn: Arc::new(Semaphore::new(1)),
            patience: PATIENCE,
        }
    }
}

impl Studio {
    /// Make an avatar of an upload.
    ///
    /// # Errors
    /// `picture.kind`, `picture.broken`, `picture.animated`,
    /// `picture.too_large`, `request.too_large`, `busy.imaging`.
    pub async fn avatar(&self, upload: impl AsRef<[u8]> + Send + 'static) -> Result<Avatar> {
        let busy = || Error::new(&codes::IMAGING_BUSY).retry_after(self.patience);
        if upload.as_ref().len() > UPLOAD_MOST {
            return Err(Error::new(&codes::REQUEST_TOO_LARGE));
        }
        let _seat = self.seats.try_acquire().map_err(|_| busy())?;
        let work = async {
            let turn = self
                .turn
                .clone()
                .acquire_owned()
                .await
                .map_err(|_| busy())?;
            // The turn ends with the work, even where nobody waits for it any more.
            let made = spawn_blocking(move || {
                let made = Avatar::make(upload.as_ref());
                drop(turn);
                made
            });
            made.await.map_err(|panicked| broken().because(panicked))?
        };
        timeout(self.patience, work).await.map_err(|_| busy())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(studio: &Studio) -> &'static str {
        let refused = studio.avatar(b"not a picture").await;
        refused.err().map_or("taken", |error| error.code().name)
    }

    #[tokio::test]
    async fn whoever_finds_no_seat_or_no_turn_is_told_to_come_again() {
        let studio = Studio {
            patience: Duration::from_millis(1),
            ..Studio::default()
        };
        let turn = studio.turn.clone().acquire_owned().await.unwrap();
        assert_eq!(refusal(&studio).await, "busy.imaging");
        drop(turn);
        let seats = studio.seats.acquire_many(SEATS as u32).await.unwrap();
        assert_eq!(refusal(&studio).await, "busy.imaging");
        drop(seats);
        let patient = Studio::default();
        assert_eq!(refusal(&patient).await, "picture.kind");
    }
}
