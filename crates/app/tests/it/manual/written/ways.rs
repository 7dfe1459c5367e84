//! The page of all ways in, from their list.

use std::fmt::Write;

use tollgate_flows::{Controls, Gives, Second, Tries, Way};

const HEAD: &str = "\
# Ways in

This page is written from the program's list of ways in. Nothing else lets anybody in: a session is
opened by the ways of this list alone, and a test drives each of them over HTTP against what may stand
in the way: a suspended account, an account at which too many wrong passwords were tried, a second
factor, one that the account must have and has not, an address that was never verified, and too many
tries from one place.

The event `session.opened` names the ways that were taken, such as `password+totp`.

## What each proves

";

const CONTROLS: &str = "
## What guards them

A suspended account is let in nowhere, from the next request on. Its sessions are over then, and so are
the links and codes that would have signed in; none comes back when it is resumed.

| way | tries from one place | wrong tries count against | second factor | address |
|---|---|---|---|---|
";

const TAIL: &str = "
Where wrong tries count against the account, they count together: whoever has used them up at one of
these doors finds the others closed too, for a quarter of an hour (`[signin.attempts]`). Passkeys, links
and mailed codes stay open meanwhile: nobody guesses them, and whoever tries passwords locks nobody out
of these. A mailed code has eight digits and five tries in the browser that asked, and strangers are sent
thirty-four in a day: somebody who guesses every day is right once in a thousand years. Wrong codes of an
app are counted in a row as well, however long ago they were ([limits](../reference/limits.md)). Whoever asks
for mail again and again [keeps nobody out](under-attack.md#mail-that-strangers-ask-for) either.

Where the second factor is asked for, the first step alone opens nothing. Mail is one factor: it is never
asked for as the second, and a link in a mail after a code in another would prove the same thing twice.
Whoever [must have a second factor](../how-to/second-factor.md) and has none is let in by one factor to
add one, and for nothing else; where nobody can be asked, the way is refused.

## Where they are

";

pub(super) fn page() -> String {
    let mut page = HEAD.to_owned();
    for way in Way::ALL {
        writeln!(page, "- `{}`: {}", way.name(), way.about()).unwrap();
    }
    page.push_str(CONTROLS);
    for way in Way::ALL {
        let controls = way.controls();
        let cells = [
            if controls.throttled { "limited" } else { "" },
            tries(controls),
            second(controls),
            if controls.verified { "verified" } else { "" },
        ];
        writeln!(page, "| `{}` | {} |", controls.name, cells.join(" | ")).unwrap();
    }
    page.push_str(TAIL);
    for way in Way::ALL {
        let controls = way.controls();
        let doors = controls.at.iter();
        let doors: Vec<String> = doors
            .map(|(method, path)| format!("`{method} {path}`"))
            .collect();
        let doors = match (doors.is_empty(), controls.gives) {
            (true, _) => "with any request".to_owned(),
            (false, Gives::Password) => format!("{}: sets a password", doors.join(", ")),
            (false, _) => doors.join(", "),
        };
        writeln!(page, "- `{}`: {doors}", controls.name).unwrap();
    }
    page
}

const fn tries(controls: Controls) -> &'static str {
    match controls.tries {
        Tries::Account => "the account",
        Tries::Passkey => "the passkey",
        Tries::Secret => "the link or code",
        Tries::Nothing => "",
    }
}

const fn second(controls: Controls) -> &'static str {
    match controls.second {
        Second::Asked => "asked for",
        Second::Refused => "refused",
        Second::Itself => "is it",
        Second::Weak => "is it, where there is none stronger and none is required",
        Second::Instead => "where there is none",
        Second::Both => "is both",
        Second::Kept => "as its session",
        Second::Later => "at the next sign-in",
        Second::Ended => "ends with the first",
    }
}
