fn main() {
    println!("{:?}", aiins::base::config::Settings::default());
}
