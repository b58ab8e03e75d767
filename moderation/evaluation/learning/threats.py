"""Threats of ours for training, and what is built like one and is none: the same frames around other deeds."""

from __future__ import annotations

FRAMES = (
    "I will {deed}.", "I'm going to {deed}.", "I'll {deed}, just you wait.", "We are going to {deed}, count on it.",
    "One of these days I am gonna {deed}.", "Nobody can stop me, I will {deed}.", "I swear I'll {deed}.",
    "Keep writing like that and I will {deed}.", "My friends and I will {deed} tomorrow.", "Next week I shall {deed}.",
    "Mark my words, I'm coming to {deed}.", "If this passes I will {deed}.",
)  # fmt: skip
DEEDS = (
    "find you and make you pay", "hunt you down", "break every bone in your body", "cut your throat", "make you bleed",
    "set your car on fire", "put you in hospital", "kick your teeth in", "make sure you never walk again", "shoot you",
    "beat you bloody", "get you and your family", "bury you in the woods", "throw acid in your face", "make you suffer",
    "wait for you outside your office with a bat", "strangle you with my own hands", "drown you in the river",
    "run you over", "burn your place down with you in it", "knock you out cold", "teach you a lesson you won't survive",
    "put a bomb under your desk", "visit your children at school, and you won't like it", "smash your skull in",
    "come to your house at night and end you", "make you regret you were ever born", "make you disappear for good",
)  # fmt: skip
HARMLESS_DEEDS = (
    "find you a better source", "hunt down the article for you", "send you the figures", "see you in court", "sue you",
    "report you to the moderators", "vote you out", "beat you at chess", "prove you wrong", "bring you some soup",
    "break the news to him gently", "teach you how to read a balance sheet", "get you a ticket", "make the bank pay it back",
    "wait outside the town hall for an answer", "hold you to that promise", "shoot you an email", "bury the hatchet",
    "kill the motion in committee", "fight this bill in court", "drop you at the station", "run against you",
    "hang the picture in the hall", "burn the old leaves in the garden", "come to your house with a cake", "knock on every door",
    "make you proud", "smash the record", "hit the road", "take the case to the ombudsman", "cut the hedge", "beat the traffic",
)  # fmt: skip
OTHERS = (
    "Someone ought to burn down that newspaper with everybody in it.", "The judge needs a beating, and soon.",
    "Somebody should teach that minister a lesson with a baseball bat.", "I know the street where the reporter lives. Tonight.",
    "Time somebody took a rifle to that council.", "They should all be lined up against a wall.", "Her address is no secret. Run.",
    "If I see that referee in town he leaves in an ambulance.", "The mayor had better check under his car.",
    "Give me five minutes alone with her and she will never write again.", "Let us pay him a visit and break his hands.",
    "He will get a knife between the ribs, and I will cheer.", "Whoever did this should be dragged behind a truck.",
    "Everybody at that school will see on Friday what I can do.", "The editor's kids walk home alone, don't they?",
)  # fmt: skip
OTHERS_HARMLESS = (
    "Someone ought to audit that newspaper.", "The judge needs a holiday, and soon.", "The mayor had better check his figures.",
    "Somebody should teach that minister arithmetic.", "I know the street where the fire was. Terrible.", "He should be fined.",
    "They should all be sacked, and lose their pensions.", "If I see that referee in town I will buy him glasses.",
    "Give me five minutes with the budget and I will find the hole.", "Let us pay the museum a visit.", "Jail the lot of them.",
    "He will get a letter from my lawyer.", "Whoever did this should be tried and locked away for life.", "Arrest her.",
    "The editor's kids go to school with mine; nice family.", "The police know his address. Good.", "They deserve prison.",
)  # fmt: skip
