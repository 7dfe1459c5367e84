//! Apps behind the gate, through real proxies that run the very text which
//! `tollgate snippet` prints: what visitors, impostors and tricksters get.

mod impostors;
mod outages;
mod paths;
mod published;
mod scene;
mod sockets;
mod visitors;

use tollgate_testkit::services::ProxyKind;

/// Each story in front of each proxy.
macro_rules! through {
    ($($room:ident::$story:ident)*) => {
        through! { nginx ProxyKind::Nginx; $($room::$story)* }
        through! { caddy ProxyKind::Caddy; $($room::$story)* }
        through! { envoy ProxyKind::Envoy; $($room::$story)* }
        through! { traefik ProxyKind::Traefik; $($room::$story)* }
    };
    ($module:ident $proxy:expr; $($room:ident::$story:ident)*) => {
        mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                #[ignore = "needs nginx, Caddy, Envoy and Traefik: cargo xtask test runs it"]
                async fn $story() {
                    $room::$story($proxy).await;
                }
            )*
        }
    };
}

through! {
    visitors::a_browser_signs_in_and_comes_back
    visitors::a_program_is_told_and_let_in_with_a_token
    visitors::who_is_known_may_still_not_enter
    visitors::what_is_sent_arrives_untouched
    impostors::nobody_speaks_in_our_name
    paths::a_rule_for_one_path_opens_no_other
    paths::a_host_in_disguise_gets_no_other_rules
    sockets::a_socket_opens_for_whom_a_page_opens
    sockets::no_other_protocol_is_spoken_past_the_check
    outages::without_us_nobody_passes
}
