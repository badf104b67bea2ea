"""pipeline-copilot: proposes changes to data pipelines, proves each alternative, and applies what a person approved.

Importing this package does nothing and loads nothing, so that `--version` and `--help` stay instant.
"""

VERSION = "0.1.0"
