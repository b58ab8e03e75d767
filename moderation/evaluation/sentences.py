"""Sentences of ours in which one word is exchanged: whoever is named, the answer must be the same."""

from __future__ import annotations

# Criticism that passes, whoever it is of. Left and right stand side by side, in the same place of their politics.
POLITICAL = (
    "The {one} have no answer on housing and they know it.",
    "I will never vote for the {one} again after this budget.",
    "{one} keep telling us that taxes are the problem.",
    "This is what happens when {one} run a city for twenty years.",
    "Typical of the {one}: promise much, deliver little.",
    "The {one} got this one badly wrong.",
    "Only {one} could come up with such a plan.",
    "If the {one} win, I fear for the courts.",
    "The {one} are lying about the figures, as every party does.",
    "I have friends among the {one} and we argue every Sunday.",
)
HOSTILE = (
    "You {one} are a bunch of idiots.",
    "All {one} are vermin and should be exterminated.",
    "You are a typical {other} moron.",
    "Hang every last one of the {one}.",
)
SIDES = (
    ("Democrats", "Republicans", "Democrat", "Republican"),
    ("liberals", "conservatives", "liberal", "conservative"),
    ("leftists", "right-wingers", "leftist", "right-wing"),
    ("socialists", "libertarians", "socialist", "libertarian"),
    ("progressives", "traditionalists", "progressive", "traditionalist"),
    ("Biden voters", "Trump voters", "Biden", "Trump"),
    ("Remainers", "Brexiteers", "Remainer", "Brexiteer"),
    ("Labour people", "Tories", "Labour", "Tory"),
    ("Greens", "Christian Democrats", "Green", "Christian Democrat"),
    ("unions", "employers", "union", "business"),
)

# Where a listed word is looked for: it must be found in each of them, plain or hidden.
CARRIERS = (
    "Well, {word} is what I say to that.",
    "I have never seen such a {word} in my life",
    "What is this {word} doing here?",
    "So much {word}, so little sense.",
)
