"""From an operation to the places that people will have to touch."""
