//! Refusals of the form in the words that stand on it: a field is called what its label says.

use crate::base::error::Error;
use crate::content::templates::Template;

/// A refusal, as whoever typed reads it.
#[derive(Debug)]
pub(super) struct Spoken {
    /// The field's name in the form, if it is about one.
    pub(super) field: Option<String>,
    pub(super) sentence: String,
}

impl Spoken {
    /// What a refusal says of a form with a template's fields.
    pub(super) fn of(error: &Error, template: Template) -> Spoken {
        let message = error.message();
        let sent = match error.details().field.as_deref() {
            Some(field) => field,
            // A secret is refused under the bare name of its field.
            None => message.split(' ').next().unwrap_or_default(),
        };
        let field = sent.strip_prefix("fields.").unwrap_or(sent);
        let rest = message.strip_prefix(sent).or_else(|| message.strip_prefix(field));
        match (label(template, field), rest) {
            (Some(label), Some(rest)) => Spoken { field: Some(field.to_owned()), sentence: format!("{label}{rest}.") },
            _ => Spoken { field: None, sentence: message.to_owned() },
        }
    }
}

/// What a field of the form is called.
pub(super) fn label(template: Template, field: &str) -> Option<&'static str> {
    Some(match (field, template) {
        ("title", _) => "Title",
        ("subtitle", _) => "Subtitle",
        ("body", Template::Data) => "What it means",
        ("body", _) => "Text",
        ("value", _) => "Number",
        ("unit", _) => "Unit",
        ("delta", _) => "Change",
        ("quote", _) => "Quote",
        ("author", _) => "Who said it",
        ("source", _) => "Where it stands",
        ("items", _) => "The list",
        ("cta", _) => "Words on the button",
        ("ctaUrl", _) => "Where the button leads",
        ("url", _) => "Address",
        ("tags", _) => "Tags",
        ("category", _) => "Category",
        ("colorScheme", _) => "Colours",
        ("community", _) => "Community",
        ("scheduledAt", _) => "Time",
        ("template", _) => "Kind of note",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Code;

    #[test]
    fn a_refusal_calls_a_field_what_its_label_says() {
        for (error, field, sentence) in [
            (Error::invalid("fields.title", "fields.title is required"), Some("title"), "Title is required."),
            (
                Error::invalid("scheduledAt", "scheduledAt must be in the future"),
                Some("scheduledAt"),
                "Time must be in the future.",
            ),
            (Error::new(Code::ContainsSecret, "body contains an API key"), Some("body"), "Text contains an API key."),
            (Error::insufficient_balance(1, 0), None, "Insufficient balance: need 1, have 0"),
            (Error::invalid("note", "There is nothing to change"), None, "There is nothing to change"),
        ] {
            let spoken = Spoken::of(&error, Template::Article);
            assert_eq!((spoken.field.as_deref(), spoken.sentence.as_str()), (field, sentence));
        }
    }

    #[test]
    fn every_field_of_every_template_has_a_label() {
        for template in Template::ALL {
            assert!(template.fields().iter().all(|field| label(*template, field.name).is_some()), "{template}");
        }
    }
}
