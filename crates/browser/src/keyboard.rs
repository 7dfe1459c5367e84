//! A keyboard: keys as a person presses them, and how they reach the page.

use serde_json::{Value, json};

/// A key that is more than its letter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// To the next control.
    Tab,
    /// To the control before.
    BackTab,
    /// Follows a link, sends a form.
    Enter,
    /// Presses a button, ticks a box.
    Space,
    /// Closes what is open.
    Escape,
    /// One down, in a list or a menu.
    Down,
    /// One up.
    Up,
}

impl Key {
    /// Down and up again.
    pub(crate) fn events(self) -> [Value; 2] {
        let (key, code, number, text) = match self {
            Self::Tab | Self::BackTab => ("Tab", "Tab", 9, ""),
            Self::Enter => ("Enter", "Enter", 13, "\r"),
            Self::Space => (" ", "Space", 32, " "),
            Self::Escape => ("Escape", "Escape", 27, ""),
            Self::Down => ("ArrowDown", "ArrowDown", 40, ""),
            Self::Up => ("ArrowUp", "ArrowUp", 38, ""),
        };
        let shift = if self == Self::BackTab { 8 } else { 0 };
        ["keyDown", "keyUp"].map(|kind| {
            let text = if kind == "keyDown" { text } else { "" };
            let kind = if kind == "keyDown" && text.is_empty() {
                "rawKeyDown"
            } else {
                kind
            };
            json!({
                "type": kind, "key": key, "code": code, "modifiers": shift, "text": text,
                "windowsVirtualKeyCode": number,
            })
        })
    }
}

/// A letter, down and up again.
pub(crate) fn letter(letter: char) -> [Value; 2] {
    let text = letter.to_string();
    [
        json!({ "type": "keyDown", "key": text, "text": text }),
        json!({ "type": "keyUp", "key": text }),
    ]
}
