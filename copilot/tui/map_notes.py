"""The keys and marks of the map, as the help of the first screen tells them; apart, as no first frame waits for the map."""

NOTES = (
    "In the map:",
    "left, right  go up and down the stream; up and down go to the next one of the column",
    "enter        tells all that is known of what is selected, with its proof; esc closes it",
    "f            keeps what is around it: one step, two, all, and everything again",
    "s, ctrl+f    keeps what has some words, and its neighbours; . and , go through what was found",
    "c            begins a request about its schema",
    "t            shows a tree in place of the graph, and back",
    "A dotted line is not certain, a dotted frame has no known name, a double one is not this repository's.",
    "!2 counts findings, * marks an open proposal. A line across goes on under an upright one.",
)
