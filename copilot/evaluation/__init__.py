"""The eval suite: how often the copilot is right, judged by execution and never by an opinion."""
