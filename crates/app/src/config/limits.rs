//! How many requests may come, from one address and from one account.

use super::{
    key::section,
    meant::{
        network::OrOff,
        pace::{AccountPace, Pace},
    },
};

section! {
    /// Requests of any kind, each `NUMBER/TIME`: so many at once, and as many again over
    /// that time. What proxies ask at the gate is not counted.
    pub struct Limits in "limits" + "limits." {
        /// Requests from one address that only read. Of IPv6 a /64 is one address.
        address_reading: OrOff<Pace> = "12000/1m" => AtOnce;
        /// Those that change something.
        address_changing: OrOff<Pace> = "2400/1m" => AtOnce;
        /// Those that send mail or texts, gather a person's data or take a picture.
        address_expensive: OrOff<Pace> = "240/1m" => AtOnce;
        /// Requests from one account that only read.
        account_reading: OrOff<Pace> = "6000/1m" => AtOnce;
        /// Those that change something.
        account_changing: OrOff<Pace> = "1200/1m" => AtOnce;
        /// Those that send mail or texts, gather a person's data or take a picture.
        account_expensive: OrOff<Pace> = "60/1m" => AtOnce;
        /// Accounts with a rate of their own for each of the three, such as those of
        /// programs: `usr_…=6000/1m`.
        accounts: Vec<AccountPace> = "" => AtOnce;
    }
}
