//! The roof: which dialects are spoken, and at which addresses.

use axum::Router;
use tollgate_web::Web;

use crate::chatbot;

/// Method and path of every operation, for guards that visit them all.
pub const LISTING: &[(&str, &str)] = chatbot::LISTING;

/// The dialects that the operator switched on.
pub fn router(chatbot: bool) -> Router<Web> {
    if chatbot {
        chatbot::routes()
    } else {
        Router::new()
    }
}
