"""Source text to endpoints, jobs, links, field uses and gaps: `mapper` is the entry, everything else one question each."""
