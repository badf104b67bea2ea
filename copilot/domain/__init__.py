"""The nouns of the product: frozen data without input or output. `codec` alone turns them to JSON and back."""
