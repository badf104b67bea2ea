"""From words or JSON to validated operations, and from operations to alternatives."""
