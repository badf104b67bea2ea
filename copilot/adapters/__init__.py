"""The hands: git, processes, and files outside the repository. Everything with an effect lives here or in a face."""
