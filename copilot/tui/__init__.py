"""The screens in the terminal: a list of proposals, and the review in which a person approves exact bytes."""
