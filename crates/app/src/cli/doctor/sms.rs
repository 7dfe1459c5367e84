//! What the doctor finds out about texts: where they go.

use crate::{
    config::{Config, sms::Delivery},
    wire,
};

use super::Finding;

/// Nothing where there are no texts, as most have none.
pub(super) fn look(config: &Config) -> Option<Finding> {
    let sms = &config.sms;
    match sms.delivery {
        Delivery::Off => None,
        Delivery::Log => Some(Finding::remark(
            "texts",
            "Whole texts stand in the log, codes among them.",
            "Set [sms] delivery = \"hook\".",
        )),
        Delivery::Folder => Some(Finding::remark(
            "texts",
            format!("They lie in {}; nothing is sent.", sms.folder.display()),
            "Set [sms] delivery = \"hook\".",
        )),
        Delivery::Hook => Some(match wire::texter(sms) {
            Ok(_) => Finding::good(
                "texts",
                "They go to the hook; tollgate sms test NUMBER tells whether it takes them.",
            ),
            Err(fault) => Finding::refused("texts", &fault),
        }),
    }
}
