//! A bench to come.
fn main() {
    println!("{:?}", aiins::base::config::Settings::default());
}
