//! Text as it stands in HTML: within an element or a quoted attribute.

/// The text without anything that markup is made of.
pub fn escaped(text: &str) -> String {
    let mut markup = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            '\'' => markup.push_str("&#39;"),
            other => markup.push(other),
        }
    }
    markup
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_ends_an_attribute_or_begins_an_element() {
        let text = super::escaped("<a b=\"c\" d='e'>&amp;é");
        assert_eq!(text, "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;é");
    }
}
