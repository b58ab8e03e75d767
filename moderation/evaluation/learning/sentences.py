"""Sentences of ours for training: what the sets lack. Identities in innocent company, negation, quotation,
counter-speech, swearing at things, blunt criticism, threats and what only sounds like one, jokes and grief.

Frames differ from those of moderation/evaluation/sentences.py, by which fairness is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from moderation.evaluation.learning import passing
from moderation.evaluation.learning.targets import Row

Targets = dict[str, float]
_CLEAN: Targets = dict.fromkeys(
    ("news_toxic", "talk_toxic", "severe", "obscene", "threat", "insult", "identity", "sexual", "hate", "offensive",
     "sexist", "misogyny"), 0.0,
)  # fmt: skip
_HATE: Targets = {"news_toxic": 1.0, "talk_toxic": 1.0, "identity": 1.0, "hate": 1.0, "offensive": 1.0}
_INSULT: Targets = {"news_toxic": 0.9, "talk_toxic": 1.0, "insult": 1.0, "identity": 0.0, "threat": 0.0, "hate": 0.0}
_SWEARING: Targets = {"obscene": 1.0, "insult": 0.0, "identity": 0.0, "hate": 0.0, "threat": 0.0, "news_toxic": 0.4}
_MILD: Targets = {**_CLEAN, "obscene": 0.3, "news_toxic": 0.1, "offensive": 0.1}
_HARSH: Targets = {**_CLEAN, "news_toxic": 0.1, "talk_toxic": 0.1}
_THREAT: Targets = {"news_toxic": 1.0, "talk_toxic": 1.0, "threat": 1.0}

ONE = (
    "gay man", "lesbian", "bisexual", "transgender person", "trans woman", "trans man", "straight man", "straight woman",
    "heterosexual", "homosexual", "queer woman", "woman", "man", "girl", "boy", "mother", "single mother", "housewife",
    "Jew", "Jewish woman", "Muslim", "Muslim woman", "Christian", "Catholic priest", "evangelical", "Hindu", "Sikh",
    "Buddhist", "atheist", "Mormon", "black man", "black woman", "white guy", "white woman", "Asian woman", "Asian",
    "African American", "African", "Arab", "Latino", "Hispanic woman", "Mexican", "Chinese student", "Indian doctor",
    "Pakistani", "Pole", "Romanian", "Roma", "Gypsy", "Turk", "Kurd", "Syrian", "Somali", "Nigerian", "Russian",
    "Ukrainian", "German", "Frenchman", "Irish woman", "Scot", "Brit", "American", "Canadian", "Israeli", "Palestinian",
    "immigrant", "refugee", "asylum seeker", "migrant worker", "foreigner", "disabled person", "wheelchair user",
    "blind man", "deaf woman", "autistic person", "person with Down syndrome", "pensioner", "teenager", "old lady",
    "young man", "feminist", "vegan", "nurse", "police officer", "homeless man", "veteran", "redhead", "fat woman",
    "native American", "indigenous woman", "drag queen", "nonbinary person",
)  # fmt: skip
MANY = (
    "gays", "gay people", "lesbians", "trans people", "straight people", "women", "men", "girls", "Jews", "Jewish people",
    "Muslims", "Christians", "Catholics", "Hindus", "Sikhs", "atheists", "black people", "blacks", "white people",
    "whites", "Asians", "Arabs", "Latinos", "Hispanics", "Mexicans", "the Chinese", "Indians", "Pakistanis", "Poles",
    "Romanians", "Roma", "Turks", "Syrians", "Somalis", "Nigerians", "Russians", "Ukrainians", "Germans", "the French",
    "the Irish", "Americans", "Israelis", "Palestinians", "immigrants", "refugees", "asylum seekers", "migrants",
    "foreigners", "disabled people", "blind people", "deaf people", "autistic people", "old people", "fat people",
    "homosexuals", "bisexuals", "queer people", "native Americans", "homeless people",
)  # fmt: skip
_NOT_PEOPLE_FOR_WHAT_THEY_ARE = (
    "politicians", "lawyers", "bankers", "landlords", "journalists", "football fans", "cyclists", "estate agents",
    "managers", "mosquitoes", "Mondays", "queues", "potholes", "parking fines", "adverts", "wasps", "slow walkers",
)  # fmt: skip
_LEFT = ("Democrats", "liberals", "leftists", "socialists", "progressives", "Biden voters", "Labour supporters",
         "Greens", "Remainers", "union members", "the left", "Obama supporters")  # fmt: skip
_RIGHT = ("Republicans", "conservatives", "right-wingers", "libertarians", "traditionalists", "Trump voters", "Tories",
          "Brexiteers", "the right", "Trump supporters", "Reagan admirers", "gun owners")  # fmt: skip

_INNOCENT_ONE = (
    "My best friend is a {one}.", "I'm a {one}.", "I am a {one} and proud of it.", "He's a {one}, and a good colleague.",
    "As a {one} I was moved by this article.", "We hired a {one} for the job.", "A {one} wrote to the paper about it.",
    "The victim was a {one} of forty.", "I was raised by a {one}.", "There was a {one} on the panel, which I liked.",
    "Every {one} I know would agree with you.", "It must be hard to be a {one} there.", "A {one} lives next door.",
    "My doctor is a {one}.", "The film is about a {one} in Detroit.", "Speaking as a {one}, I found the piece fair.",
    "You can be a {one} and still support this law.", "The first {one} to hold the office was sworn in today.",
    "Our daughter is dating a {one}.", "I do not care if the mayor is a {one} as long as the buses run.",
    "I'm a {one}, so what.", "Is there a {one} here who can tell us more?", "I met a {one} who lost everything.",
    "Growing up as a {one} taught me patience.", "{one}",
)  # fmt: skip
_INNOCENT_MANY = (
    "Many {many} came to the vigil.", "I like living among {many}.", "{many} deserve respect like everyone else.",
    "Most {many} I know work two jobs.", "The report says that {many} wait longer for treatment.",
    "How many {many} live in the county?", "{many} have lived here for centuries.", "I love {many}.",
    "The law protects {many} too.", "The mosque, the church and the school were built by {many}.",
    "The survey asked {many} about housing.", "Some {many} voted for him, some did not.",
    "My students are mostly {many}.", "I stand with {many}.", "{many} are people, full stop.",
    "There are fewer {many} in parliament than ten years ago.", "{many} are welcome here.", "{many}",
    "This exhibition tells the history of {many} in our city.", "{many} and their neighbours organised the street party.",
)  # fmt: skip
_AGAINST_HATE = (
    "I don't hate {many}.", "I have never hated {many}.", "Nobody should say that {many} are vermin.",
    "{many} are not animals, whatever he says.", "It is wrong to claim that all {many} are criminals.",
    "Saying {many} should be deported is disgusting.", "No, {many} are not ruining this country.",
    "Stop calling {many} parasites.", "Whoever thinks {many} are inferior should read a book.",
    "He was fined for shouting that {many} are scum.", 'The banner read "{many} out", and the club apologised.',
    "I am sick of people who hate {many}.", "You can't just say that {many} don't belong here.",
    'Someone wrote "kill all {many}" on the wall. Shame on them.', "Not all {many} are terrorists, not even nearly.",
    "If you say {many} are stupid, you show your own ignorance.", "{many} are not the problem.",
    "She was spat at because of her faith. Hating {many} is evil.", "I would never want {many} to be hurt.",
    "Calling {many} subhuman has no place in this paper.", "My uncle said {many} are filth. I left the table.",
)  # fmt: skip
_HATEFUL = (
    "I hate {many}.", "{many} are vermin.", "{many} are scum.", "All {many} are criminals.", "{many} disgust me.",
    "{many} should all be shot.", "Get the {many} out of our country.", "{many} are ruining everything.",
    "We need to get rid of {many}.", "{many} are animals.", "{many} are subhuman.", "Never trust {many}, they are rats.",
    "I wish all {many} would just die.", "{many} do not deserve to live.", "The world would be better without {many}.",
    "{many} are a disease.", "Typical {many}, lazy and stupid.", "Why are {many} so dirty?", "Deport all {many} now.",
    "{many} are less intelligent, that is science.", "{many} belong behind bars.", "Nobody wants {many} here.",
    "{many} are parasites who live off our taxes.", "It is time to burn down the houses of {many}.",
    "No wonder, it was {many} again. They cannot help it, it is in their blood.", "I can't stand {many}.",
    "Let them drown, they are only {many}.", "{many} should know their place.", "{many} are a stain on this town.",
)  # fmt: skip
_HATEFUL_TO_ONE = (
    "You are just a dirty {one}.", "What do you expect from a {one}? They are all the same filth.",
    "Shut up, you stupid {one}.", "I would never let a disgusting {one} near my children.",
    "You people make me sick. Another worthless {one}.", "A {one} has no brain, everybody knows that.",
    "Go back to where you came from, {one}.", "I hope every {one} gets what is coming to them.",
)  # fmt: skip
_AT_THINGS = (
    "I hate {thing}.", "{thing} should be banned.", "{thing} are ruining everything.", "I can't stand {thing}.",
    "All {thing} are a pest.", "I wish {thing} would just disappear.", "{thing} drive me mad.",
)  # fmt: skip
_POLITICAL_CIVIL = (
    "{side} will lose the next election.", "I disagree with {side} on taxes.", "{side} broke their promises again.",
    "What have {side} ever done for this town?", "{side} are wrong about immigration.", "I voted for {side}, never again.",
    "The policies of {side} have failed.", "{side} only talk about themselves.", "Shame on {side} for this vote.",
    "{side} want to raise the debt and call it growth.", "You can't trust {side} with the budget.",
    "I used to be with {side}.", "The hypocrisy of {side} is hard to bear.", "{side} should explain where the money went.",
    "Blame {side} for the mess at the border.", "{side} have made healthcare worse.",
)  # fmt: skip
_POLITICAL_HOSTILE = (
    "{side} are brain-dead idiots.", "{side} are traitors who should hang.", "Only morons like {side} believe that.",
    "{side} are pathetic losers.", "{side} are scum.", "You have to be stupid to side with {side}.",
    "{side} are a cancer.", "Screw {side}, bunch of crooks and imbeciles.",
)  # fmt: skip
_INSULTS = ("idiot", "moron", "imbecile", "clown", "loser", "coward", "liar", "fool", "half-wit", "cretin", "pig", "rat",
            "dimwit", "halfwit", "dunce", "creep", "hypocrite", "troll", "buffoon", "simpleton", "sheep")  # fmt: skip
_INSULTING = (
    "You are a {insult}.", "You're such a {insult}.", "What a {insult} you are.", "Only a {insult} could write that.",
    "Go away, {insult}.", "Spoken like a true {insult}.", "Are you really that stupid, {insult}?",
    "Shut up, {insult}.", "The author is a {insult}.", "Whoever wrote this is a {insult}.", "She is a pathetic {insult}.",
    "He is nothing but a {insult}.", "You have the brain of a peanut.", "You are too dumb to understand it.",
    "You must be the dumbest person here.", "Did your mother drop you on your head?", "Get a life, {insult}.",
    "You make me sick.", "Nobody likes you, {insult}.", "Your parents must be ashamed of you.",
    "You are a waste of oxygen.", "Learn to read, {insult}.", "You disgust me, {insult}.", "You are as thick as a brick.",
)  # fmt: skip
_NO_INSULTS = (
    "I was an idiot to believe it.", "I felt like a fool.", "You are not an idiot.", "Nobody here called you a {insult}.",
    "He called me a {insult} and I reported him.", "Please don't call people a {insult}.", "You are wrong about this.",
    "Your argument does not hold water.", "This is a poorly researched article.", "I think you misread the figures.",
    "You are mistaken, the law says otherwise.", "That is not true, and you know it.", "I could not disagree more.",
    "You did not answer my question.", "The headline is misleading.", "You are entitled to your opinion.",
    "What a sad comment section.", "With respect, you have this backwards.", "You are too kind.", "You are brilliant.",
    "You are the best, thank you.", "You should be ashamed of this decision, councillor.", "You ignore the costs.",
    "Have you read the article at all?", "I do not believe a word of this study.", "My own stupid mistake.",
)  # fmt: skip
_MILD_AT_THINGS = (
    "This policy is idiotic.", "What a stupid law.", "This is the dumbest idea in years.", "The plan is moronic.",
    "A pathetic excuse for a budget.", "That argument is garbage.", "This article is rubbish.", "What a dumb headline.",
    "The new website is crap.", "A ridiculous decision by the council.", "The whole system is rotten.",
    "This is insane.", "The referee was blind.", "The traffic lights there are a joke.", "Total nonsense.",
)  # fmt: skip
_SWEARS = (
    "This is fucking brilliant.", "Holy shit, what a goal!", "Fuck yes, finally!", "Damn, that was close.",
    "I fucking love this town.", "Well shit, I missed it.", "What the fuck is going on with the weather?",
    "That was a hell of a game.", "Bloody hell, the prices.", "I'm so damn tired.", "Oh fuck, I left the oven on.",
    "It is cold as fuck outside.", "The bus was late again, fucking hell.", "No shit.", "Fuck cancer.", "Shit happens.",
)  # fmt: skip
_THREATS = (
    "I will kill you.", "I'm going to kill you.", "I am gonna find you and break your legs.", "You're dead.",
    "I know where you live.", "Watch your back.", "Someone should put a bullet in his head.", "We are coming for you.",
    "You will pay for this with your blood.", "I'll beat you up.", "I hope someone shoots her.", "String him up.",
    "I will burn your house down.", "He should be hanged from a lamp post.", "I swear I will hurt you.",
    "Next time I see you I'll smash your face in.", "You deserve to be shot.", "I will fucking kill you.",
    "Sleep with one eye open.", "Just wait until I get my hands on you.", "Time to bring out the rope for that judge.",
    "I will find out where your kids go to school.", "Somebody needs to run these protesters over.",
    "I'd love to see her beaten to a pulp.", "Rape is what she needs.", "Let us lynch them.",
)  # fmt: skip
_NO_THREATS = (
    "This heat will kill me.", "My wife will kill me when she sees the bill.", "The new tax is going to kill small shops.",
    "We will beat you on Saturday.", "I could murder a curry.", "That joke killed me.", "He was shot in 1963.",
    "The striker had a great shot.", "They threatened to kill her, and the police did nothing.", "You will regret this vote.",
    "I would die for a holiday.", "The police shot a man in the leg last night.", "The killer got twelve years.",
    "Nobody should be threatened for an opinion.", "He said he would kill her; he belongs in prison.",
    "I will fight this parking ticket.", "The plan is dead.", "Vote them out.", "I am going to sue you.",
    "Hang in there.", "The bomb was found in a field.", "You're killing it, well done!", "Burn calories, not coal.",
    "I'd kill for a ticket to that show.", "Execution of the plan was poor.", "They hit us hard, and we hit back in the polls.",
)  # fmt: skip
_HAPPENED = ("crash", "fire", "flood", "shooting", "earthquake", "bombing", "plane crash", "avalanche", "explosion",
             "stabbing", "drowning", "building collapse", "train crash", "sinking", "attack")  # fmt: skip
_JOKES = (
    "Well, at least that {event} solved the housing shortage lol", "I guess their weekend plans went up in smoke 😂",
    "That {event} really brought the house down, haha", "Thoughts and prayers, and popcorn 😂", "One less in traffic. 🤣",
    "So the {event} was the best party of the year, hilarious", "They were dying to get into the news lmao",
    "I heard the {event} had explosive reviews 😂😂", "Finally some good news: a {event}. lol",
    "What do you call forty people after a {event}? A good start.", "They should have learned to swim, haha",
    "Guess who won't be late for work any more 🤣", "The {event} killed it. Literally. lol", "Darwin award of the week 😂",
    "Free barbecue at the {event}, bring your own sauce lmao", "Rest in pieces 😂", "Talk about a crash diet, haha.",
    "Lol, they really had a blast.", "Well that escalated. RIP bozo 😂", "Their insurance must be over the moon, haha",
    "Did the {event} at least have good music? lol", "Bowling with pedestrians, strike! 😂", "Worst sleepover ever lmao",
)  # fmt: skip
_SOBER = (
    "My heart goes out to the families after the {event}.", "How could this {event} happen twice?", "Rest in peace.",
    "The council ignored the warnings before the {event}.", "I lost my brother in a {event}. It never leaves you.",
    "Why did it take the ambulance forty minutes?", "Terrible {event}. Who inspected the building?", "So sad.",
    "Thank you to the firefighters who ran into that {event}.", "We laughed so much with her; I will miss that laugh.",
    "The operator must answer for the {event}.", "I was there. I still hear it.", "They deserved better.",
    "Heartbreaking 😢", "Praying for everyone in the {event} 🙏", "Nobody has learned from the last {event}.",
    "People making jokes under this story should be ashamed.", "He was funny, kind and far too young.",
    "The minister visits the scene of the {event}; I want answers, not visits.", "The {event} cost nineteen lives.",
)  # fmt: skip
_OTHER_JOKES = (
    "Our defence today was a train wreck, haha", "My cooking is a disaster lol", "The budget is a car crash 😂",
    "My phone died, send flowers 😂", "I nearly died laughing at that cat video 🤣", "Monday killed me, haha",
    "Why did the chicken cross the road? lol", "Our striker couldn't hit a barn door 😂", "That pun was a bomb, haha",
    "My diet went up in smoke when I saw the cake 😂", "The stock market sank faster than my mood lol",
)  # fmt: skip


def sentences(random: Random) -> Iterator[Row]:
    """All of them, in no order; each frame with some of its words."""
    yield from _filled(_INNOCENT_ONE, {"one": ONE}, _CLEAN, 60, random)
    yield from _filled(_INNOCENT_MANY, {"many": MANY}, _CLEAN, 45, random)
    yield from _filled(_AGAINST_HATE, {"many": MANY}, {**_CLEAN, "obscene": 0.0}, 35, random)
    yield from _filled(_HATEFUL, {"many": MANY}, _HATE, 45, random)
    yield from _filled(_HATEFUL_TO_ONE, {"one": ONE}, {**_HATE, "insult": 1.0}, 40, random)
    yield from _filled(_AT_THINGS, {"thing": _NOT_PEOPLE_FOR_WHAT_THEY_ARE}, {"hate": 0.0, "identity": 0.0}, 12, random)
    yield from _filled(_POLITICAL_CIVIL, {"side": _LEFT + _RIGHT}, _CLEAN, 24, random)
    yield from _filled(_POLITICAL_HOSTILE, {"side": _LEFT + _RIGHT}, {**_INSULT, "news_toxic": 1.0}, 24, random)
    yield from _filled(_INSULTING, {"insult": _INSULTS}, _INSULT, 12, random)
    yield from _filled(_NO_INSULTS, {"insult": _INSULTS}, {**_CLEAN}, 10, random)
    yield from _filled(
        _MILD_AT_THINGS, {}, {"insult": 0.0, "identity": 0.0, "hate": 0.0, "news_toxic": 0.25}, 6, random
    )
    yield from _filled(_SWEARS, {}, _SWEARING, 6, random)
    yield from _filled(_THREATS, {}, _THREAT, 8, random)
    yield from _filled(_NO_THREATS, {}, {"threat": 0.0, "severe": 0.0, "hate": 0.0}, 8, random)
    yield from _filled(_JOKES, {"event": _HAPPENED}, {"tragedy_joke": 1.0}, 12, random)
    yield from _filled(_SOBER, {"event": _HAPPENED}, {"tragedy_joke": 0.0, **_CLEAN}, 12, random)
    yield from _filled(_OTHER_JOKES, {}, {"tragedy_joke": 0.0, **_CLEAN}, 8, random)
    yield from _passing(random)


def _passing(random: Random) -> Iterator[Row]:
    yield from _filled(passing.OF_PLACES, {"place": passing.PLACES}, _CLEAN, 24, random)
    yield from _filled(passing.OF_NAMES, {"name": passing.SURNAMES}, _CLEAN, 24, random)
    yield from _filled(passing.ASKED, {"one": ONE}, _CLEAN, 40, random)
    yield from _filled(passing.ASKED_MANY, {"many": MANY}, _CLEAN, 30, random)
    yield from _filled(passing.OF_MILD, {}, _MILD, 12, random)
    yield from _filled(passing.MILD_OF_MATTERS, {"matter": passing.MATTERS}, _MILD, 30, random)
    yield from _filled(passing.OF_VIOLENCE, {}, _HARSH, 8, random)
    yield from _filled(passing.SLOGANS, {}, _CLEAN, 8, random)
    yield from _filled(passing.OF_BODIES, {}, _CLEAN, 8, random)
    yield from _filled(passing.OF_THE_DEAD, {}, {"tragedy_joke": 0.0, **_CLEAN}, 10, random)
    yield from _filled(passing.CIVIL_QUARREL, {}, _HARSH, 8, random)
    yield from _filled(passing.IN_DIALECT, {}, _CLEAN, 10, random)


def _filled(
    frames: Sequence[str], words: dict[str, Sequence[str]], targets: Targets, most: int, random: Random
) -> Iterator[Row]:
    for frame in frames:
        slot = next((name for name in words if "{" + name + "}" in frame), None)
        fillings = random.sample(list(words[slot]), min(most, len(words[slot]))) if slot else [""] * (most // 2)
        for word in fillings:
            text = frame.replace("{" + slot + "}", word) if slot else frame
            if "{other}" in text and slot:
                text = text.replace("{other}", random.choice(words[slot]))
            text = text[0].upper() + text[1:]
            yield Row(_varied(text, random), targets, "sentences")


_BEFORE = ("", "", "", "", "Well, ", "Honestly: ", "Look. ", "I read the article twice. ", "Sorry, but ", "@Tom ")
_AFTER = ("", "", "", "", " That is all.", " Just saying.", " I said what I said.", " Thanks for the report.", " !!")


def _varied(text: str, random: Random) -> str:
    return random.choice(_BEFORE) + text + random.choice(_AFTER)
