"""Whom a word is aimed at."""

import pytest

from moderation.engine.ruleset import Ruleset
from tests.engine.cases import judged, one_rule

STORY = {
    "title": "Bike lane",
    "byline": [{"name": "Anna Petersen"}],
    "people": [{"name": "Sam Patel", "role": "private"}, {"name": "Ruth Bell", "role": "public"}],
}
LISTS = {
    "lists/insults.yaml": "groups: [{words: 'idiot, idiots, clown, clowns, moron, scum, loser, hypocrites'}, {use: adjective, words: 'stupid, idiotic, pathetic'}]",
    "lists/public_figures.yaml": "terms: [{term: the mayor, form: phrase}, Smithers]",
}


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return one_rule("{terms: insults}", files=LISTS)


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        ("You are an idiot.", "commenter"),
        ("you idiot", "commenter"),
        ("ur an idiot", "commenter"),
        ("Are you really that stupid?", "commenter"),
        ("You sound like a complete and utter clown", "commenter"),
        ("@tom what a clown", "commenter"),
        ("Nice try, moron.", "commenter"),
        ("Idiots like you are the problem.", "commenter"),
        ("What a loser you are!", "commenter"),
        ("You pathetic little man", "commenter"),
        ("y0u are an idiot", "commenter"),
        ("I was an idiot to believe it.", "self"),
        ("I feel stupid now.", "self"),
        ("We clowns stick together.", "self"),
        ("As a clown I disagree.", "self"),
        ("As a proud father and a clown I disagree.", "self"),
        ("I hate clowns.", None),
        ("I am sick of clowns.", None),
        ("I am hunting clowns.", None),
        ("My clown neighbours stole it.", None),
        ("That is an idiotic policy.", "argument"),
        ("Your argument is stupid.", "argument"),
        ("This article is pathetic.", "argument"),
        ("A stupid, stupid law.", "argument"),
        ("Petersen is a moron.", "journalist"),
        ("The author is an idiot.", "journalist"),
        ("Sam Patel is an idiot.", "private_person"),
        ("That idiot Patel again.", "private_person"),
        ("Bell is a clown.", "public_person"),
        ("The mayor is a clown.", "public_person"),
        ("Smithers is a moron", "public_person"),
        ("He is an idiot.", "person"),
        ("Then Johnson is an idiot.", "person"),
        ("They are all idiots.", "group"),
        ("You people are idiots.", "group"),
        ("You liberals are clowns.", "group"),
        ("You would have to be an idiot to buy it.", "group"),
        ("If you believe that you are an idiot.", "group"),
        ("Politicians are hypocrites.", "group"),
        ("Your son is an idiot.", "person"),
        ("You put a clown in office.", None),
        ("Hey clown, read it again.", "commenter"),
        ("Suck it up loser", "commenter"),
        ("You promote a war. Idiot.", "commenter"),
        ("Quit being an insensitive moron.", "commenter"),
        ("You, sir, are an idiot.", "commenter"),
        ("They all lie - do not drag us and yourself into it any more than that, idiot.", "commenter"),
        ("The war goes on. Idiot.", "person"),
        ("They sat on the clown.", None),
        ("This idiot cannot park.", "person"),
        ("The driver is an idiot.", "person"),
        ("Only an idiot would pay.", None),
        ("Senator Hollis is a clown.", "public_person"),
        ("Our president is a clown.", "public_person"),
        ("Sam is an idiot.", "private_person"),
        ("Anna's a moron.", "journalist"),
        ("the sam-worth idiot", None),
        ("You selfish old idiot.", "commenter"),
        ("U R an idiot!", "commenter"),
        ("My god you are stupid, the bill was signed.", "commenter"),
        ("You are so pathetic because of this.", "commenter"),
        ("You know stupid laws when you see them.", "argument"),
        ("You dont belong here, moron.", "commenter"),
        ("You dont belong here moron.", "commenter"),
        ("The idiot that you are.", "commenter"),
        ("The idiot that you voted for.", None),
        ("You corrupt grinning moron, resign.", "commenter"),
        ("What is your problem idiot?", "commenter"),
        ("That was my point, moron.", "commenter"),
        ("Read, then comment, little clown.", "commenter"),
        ("Your a grade A idiot", "commenter"),
        ("You ran like a bankrupt loser.", "commenter"),
        ("The only loser is you.", "commenter"),
        ("He is as big an idiot as you.", "commenter"),
        ("You must be the most stupid person on earth.", "commenter"),
        ("Don't be an idiot.", "commenter"),
        ("Those two clowns deserve each other.", "person"),
        ("Another idiot.", "person"),
        ("You married an idiot.", None),
        ("You never met a bigger idiot.", None),
        ("You know the idiot.", None),
        ("You said he's an idiot.", "person"),
        ("You clown around too much.", "commenter"),
        ("You collect old scum.", None),
        ("You quote that idiot.", "person"),
        ("Imagine being such an idiot.", None),
        ("They are liars, and he, idiot, believed them.", "person"),
        ("You idiots!", "group"),
        ("You stupid left wingers.", "group"),
        ("You are one of those idiots who never read.", "commenter"),
        ("You and Kerry are idiots.", "commenter"),
        ("You're both idiots.", "commenter"),
        ("You Sue are an idiot.", "commenter"),
        ("You, my friend, are an idiot.", "commenter"),
        ("You and your ilk are scum.", "commenter"),
        ("You talk like an idiot.", "commenter"),
        ("You come off as a pathetic clown.", "commenter"),
        ("That makes you an idiot.", "commenter"),
        ("Are you a complete loony idiot?", "commenter"),
        ("How stupid of you.", "commenter"),
        ("Rather stupid, aren't you?", "commenter"),
        ("Listen to yourself and how stupid you sound.", "commenter"),
        ("You are a stupid Canadian.", "commenter"),
        ("You are stupid beyond belief.", "commenter"),
        ("Stupid people like you vote.", "commenter"),
        ("What a stupid man you are.", "commenter"),
        ("The only idiot here is you.", "commenter"),
        ("You're some kind of idiot.", "commenter"),
        ("You have to be the biggest idiot on this site.", "commenter"),
        ("Stop being stupid.", "commenter"),
        ("Go away, lying clown.", "commenter"),
        ("Hey ignorant clown read it again", "commenter"),
        ("You wrote that? Silly clown!", "commenter"),
        ("They think you are stupid.", None),
        ("Nobody said that you were an idiot.", None),
        ("It makes you feel like an idiot.", None),
        ("I still think you are an idiot.", "commenter"),
        ("Get home unless you are an idiot.", "group"),
        ("Are you suggesting voters are stupid?", "group"),
        ("The plan was stupid, as you say.", "argument"),
        ("Yes, Tom the clown.", None),
        ("There is a piece on idiots.", "group"),
        ("Complete and utter scum.", "person"),
        ("Imagine that: another idiot.", "person"),
        ("Who cares what this idiot thinks?", "person"),
        ("Those two things are completely different, idiot.", "commenter"),
        ("They know him as a liar, clown.", "person"),
        ("Tragic, pathetic.", None),
    ],
)
def test_aim(rules: Ruleset, text: str, aim: str | None) -> None:
    verdict = judged(rules, text, story=STORY)
    assert verdict.matches
    assert verdict.matches[0].aimed_at == aim


def test_a_bare_insult_is_aimed_at_the_comment_it_answers(rules: Ruleset) -> None:
    parent = {"text": "I voted for it.", "author": {"id": "a1"}}
    match = judged(rules, "What a clown.", parent=parent).matches[0]
    assert (match.aimed_at, match.target) == ("commenter", "a1")
    assert judged(rules, "What a clown.").matches[0].aimed_at == "person"
    assert judged(rules, "You idiots!", parent=parent).matches[0].aimed_at == "commenter"


@pytest.mark.parametrize(
    "text",
    [
        "After all these years of it, go to hell.",
        "Reading that every day, you make me sick!",
        "It is a fine day out there: go get a life.",
    ],
)
def test_what_speaks_to_the_reader_by_its_own_wording(shipped: Ruleset, text: str) -> None:
    parent = {"text": "I voted for it.", "author": {"id": "a1"}}
    matches = judged(shipped, text, parent=parent).matches
    assert ("commenter", "a1") in {(match.aimed_at, match.target) for match in matches}


def test_a_pattern_that_says_you_is_aimed_at_the_reader() -> None:
    rules = one_rule(r"{pattern: '(?:you are|they are) worthless'}")
    texts = [f"Yesterday and today {each} are worthless" for each in ("you", "they")]
    aims = [judged(rules, text).matches[0].aimed_at for text in texts]
    assert aims == ["commenter", None]


def test_one_person_in_the_story_is_meant_by_he_and_she(rules: Ruleset) -> None:
    story = {"people": [{"name": "Peter Lang", "role": "accused"}]}
    assert judged(rules, "He is an idiot.", story=story).matches[0].aimed_at == "private_person"
