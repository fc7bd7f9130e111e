//! The tape: what was sent to other machines, and what is answered in their place. It only runs on a test server.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Calls that are remembered; the oldest goes first.
pub const CALLS_MAX: usize = 1_000;
/// Answers that may be given in others' place.
pub const ANSWERS_MAX: usize = 100;
/// Bytes of all bodies that are remembered.
const BYTES_MAX: usize = 16 << 20;

/// The calls of one store to other machines.
#[derive(Debug, Default)]
pub struct Tape {
    runs: AtomicBool,
    reel: Mutex<Reel>,
}

#[derive(Debug, Default)]
struct Reel {
    calls: VecDeque<Call>,
    bytes: usize,
    answers: Vec<Answer>,
}

/// A call that was sent, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Where to.
    pub url: String,
    /// The headers that say something.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What came back, when something did.
    pub status: Option<u16>,
    /// Why nothing good came back.
    pub error: Option<String>,
    /// Whether the answer was one of [`Tape::answer`], and no other machine was asked.
    pub is_offline: bool,
}

/// What is answered in place of another machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which address: whole, or its beginning and a `*`.
    pub url: String,
    /// How many more times; always without a number.
    pub times: Option<u32>,
    /// What.
    pub reply: Reply,
}

/// What another machine would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It answered.
    Answer {
        /// With a status
        status: u16,
        /// and a body.
        body: Vec<u8>,
    },
    /// It could not be reached.
    Unreachable,
    /// It took too long.
    Timeout,
}

impl Answer {
    fn is_for(&self, url: &str) -> bool {
        match self.url.strip_suffix('*') {
            Some(beginning) => url.starts_with(beginning),
            None => url == self.url,
        }
    }
}

impl Tape {
    /// Begins to remember.
    pub fn run(&self) {
        self.runs.store(true, Ordering::Relaxed);
    }

    /// Whether a call to an address is answered here.
    #[must_use]
    pub fn answers(&self, url: &str) -> bool {
        self.runs.load(Ordering::Relaxed) && self.reel().answers.iter().any(|answer| answer.is_for(url))
    }

    /// The answer to a call, in the order in which they were given; one that was for so many calls is used up by them.
    #[must_use]
    pub fn take_answer(&self, url: &str) -> Option<Reply> {
        if !self.runs.load(Ordering::Relaxed) {
            return None;
        }
        let mut reel = self.reel();
        let place = reel.answers.iter().position(|answer| answer.is_for(url))?;
        let answer = &mut reel.answers[place];
        let reply = answer.reply.clone();
        if let Some(times) = &mut answer.times {
            *times -= 1;
            if *times == 0 {
                reel.answers.remove(place);
            }
        }
        Some(reply)
    }

    /// Answers an address from now on. Says whether there was room for one more.
    #[must_use]
    pub fn answer(&self, answer: Answer) -> bool {
        let mut reel = self.reel();
        let has_room = reel.answers.len() < ANSWERS_MAX;
        if has_room && answer.times != Some(0) {
            reel.answers.push(answer);
        }
        has_room
    }

    /// What is answered here.
    #[must_use]
    pub fn list_answers(&self) -> Vec<Answer> {
        self.reel().answers.clone()
    }

    /// Answers nothing any more.
    pub fn forget_answers(&self) {
        self.reel().answers.clear();
    }

    /// Remembers a call.
    pub fn keep(&self, call: impl FnOnce() -> Call) {
        if !self.runs.load(Ordering::Relaxed) {
            return;
        }
        let call = call();
        let mut reel = self.reel();
        reel.bytes += call.body.len();
        reel.calls.push_back(call);
        while reel.calls.len() > CALLS_MAX || reel.bytes > BYTES_MAX {
            let Some(oldest) = reel.calls.pop_front() else { break };
            reel.bytes -= oldest.body.len();
        }
    }

    /// What was sent, the oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Call> {
        self.reel().calls.iter().cloned().collect()
    }

    /// Forgets what was sent.
    pub fn clear(&self) {
        let mut reel = self.reel();
        reel.calls.clear();
        reel.bytes = 0;
    }

    fn reel(&self) -> MutexGuard<'_, Reel> {
        self.reel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(url: &str, bytes: usize) -> Call {
        Call {
            url: url.to_owned(),
            headers: Vec::new(),
            body: vec![b'x'; bytes],
            status: Some(200),
            error: None,
            is_offline: false,
        }
    }

    #[test]
    fn a_tape_that_does_not_run_remembers_and_answers_nothing() {
        let tape = Tape::default();
        tape.keep(|| call("http://a/", 1));
        assert!(tape.answer(Answer { url: "http://a/".to_owned(), times: None, reply: Reply::Timeout }));
        assert!(tape.list().is_empty());
        assert!(!tape.answers("http://a/"));
        assert_eq!(tape.take_answer("http://a/"), None);
    }

    #[test]
    fn the_oldest_calls_go_first_by_number_and_by_size() {
        let tape = Tape::default();
        tape.run();
        for number in 0..CALLS_MAX + 5 {
            tape.keep(|| call(&number.to_string(), 1));
        }
        assert_eq!((tape.list().len(), tape.list()[0].url.as_str()), (CALLS_MAX, "5"));
        for _ in 0..20 {
            tape.keep(|| call("large", 1 << 20));
        }
        assert_eq!(tape.list().len(), 16);
        tape.clear();
        assert!(tape.list().is_empty());
    }

    #[test]
    fn answers_come_in_their_order_and_are_used_up() {
        let tape = Tape::default();
        tape.run();
        let reply = |status| Reply::Answer { status, body: Vec::new() };
        for (url, times, reply) in [
            ("http://a/x", Some(2), reply(503)),
            ("http://a/x", Some(1), Reply::Timeout),
            ("http://a/*", None, reply(200)),
        ] {
            assert!(tape.answer(Answer { url: url.to_owned(), times, reply }));
        }
        let taken: Vec<_> = (0..5).map(|_| tape.take_answer("http://a/x").unwrap()).collect();
        assert_eq!(taken, [reply(503), reply(503), Reply::Timeout, reply(200), reply(200)]);
        assert_eq!(tape.take_answer("http://b/"), None);
        assert!(
            (tape.list_answers().len()..ANSWERS_MAX)
                .all(|_| { tape.answer(Answer { url: "http://c/".to_owned(), times: None, reply: reply(200) }) })
        );
        assert!(!tape.answer(Answer { url: "http://d/".to_owned(), times: None, reply: reply(200) }));
    }
}
