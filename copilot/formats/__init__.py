"""Schema languages: text and bytes in, nouns out. Each format is a folder; exact text scanning is shared."""
