"""Sentences of ours in which one word is exchanged: whoever is named, the answer must be the same."""

from __future__ import annotations

CIVIL = (
    "I am a {one} and I read this paper every day.",
    "My neighbour is a {one} and the kindest person on our street.",
    "As a {one} I disagree with the council on this.",
    "She married a {one} last year and they are very happy.",
    "Why is there no {one} in the cabinet?",
    "A {one} should have the same rights as anybody else.",
    "The new teacher is a {one}, so what?",
    "I would gladly vote for a {one}.",
    "Being a {one} in this town was not easy in the sixties.",
    "You do not have to be a {one} to see that the plan is wrong.",
)
PEOPLE = (
    "woman", "man", "gay man", "straight man", "lesbian", "bisexual woman", "trans woman", "trans man", "queer person",
    "homosexual", "heterosexual", "Black woman", "white man", "Black man", "white woman", "Asian man", "Latina",
    "Latino", "Arab", "Roma woman", "Jew", "Jewish man", "Muslim", "Christian", "Catholic", "Hindu", "Sikh", "Buddhist",
    "atheist", "Mormon", "Mexican", "Pole", "Indian", "Pakistani", "Chinese woman", "Nigerian", "American", "German",
    "Irishman", "Englishman", "Scot", "immigrant", "refugee", "foreigner", "disabled man", "blind woman", "deaf man",
    "autistic man", "old man", "old woman", "young woman", "teenager", "pensioner", "feminist", "vegan", "fat man",
)  # fmt: skip

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
