"""More sentences of ours for training: what passes under the guidelines and sounds as if it did not.

Names with a rude piece in them, mild words, reports of violence, slogans, questions about who people are, plain talk
about bodies, memories of the dead, quarrels that stay civil. Frames with slots, like those of sentences.py.
"""

from __future__ import annotations

# A word-piece tokenizer cuts these up, and some pieces are rude.
PLACES = (
    "Scunthorpe", "Penistone", "Sussex", "Essex", "Middlesex", "Clitheroe", "Lightwater", "Cockermouth", "Cockfosters",
    "Shitterton", "Horniman", "Effin", "Twatt", "Wetwang", "Bitchfield", "Dorking", "Six Mile Bottom", "Great Cockup",
    "Brown Willy", "Pratts Bottom", "Fucking in Austria", "Condom in France", "Intercourse, Pennsylvania", "Assen",
    "Titisee", "Dikshit Nagar", "Bumpass", "Knob Hill", "Hooker Creek", "Boggy Bottom", "Slutshole Lane", "Niger",
    "Montenegro", "Cumbria", "Cumbernauld", "Arsenal", "Gaylord, Michigan", "Dyke Road", "Spital", "Cockington",
)  # fmt: skip
SURNAMES = (
    "Cockburn", "Hancock", "Babcock", "Dickinson", "Dick Cheney", "Dickens", "Weiner", "Butt", "Focker", "Hiscock",
    "Woodcock", "Peacock", "Hitchcock", "Alcock", "Titmuss", "Titchmarsh", "Cummings", "Cumming", "Shittu", "Dikshit",
    "Gay", "Gaye", "Hooker", "Kuntz", "Koch", "Fuchs", "Wang", "Dong", "Phuc", "Bich", "Sexton", "Sexsmith", "Balls",
    "Longbottom", "Glasscock", "Lipshitz", "Raper", "Slaughter", "Savage", "Pratt", "Bumstead", "Assange", "Arsène",
    "Nutting", "Faggioli", "Spicer", "Cracknell", "Crackenthorpe", "Retallick", "Mycock", "Pissarro", "Van Dyke",
)  # fmt: skip
OF_PLACES = (
    "My cousin in {place} says the same.", "We moved to {place} in 2009.", "The train to {place} was cancelled again.",
    "{place} lost at home, what a pity.", "There is a lovely bakery in {place}.", "I grew up in {place} and miss it.",
    "People from {place} and people from {other} pay the same tax.", "How far is {place} from here?",
    "The council of {place} has closed the library.", "My aunt lives in {place}, my uncle in {other}.",
    "{place} deserves better than this government.", "The hospital in {place} has no beds left.", "{place}?",
    "I would rather live in {place} than in {other}.", "The road between {place} and {other} floods each winter.",
)  # fmt: skip
OF_NAMES = (
    "Mr {name} is right about this.", "I voted for {name} last time.", "{name} should resign.", "Ms {name}, thank you.",
    "The {name} report was published on Monday.", "Ask Councillor {name} where the money went.", "{name} scored twice.",
    "As {name} wrote in 1998, it takes two.", "Was {name} at the meeting?", "Professor {name} and Dr {other} disagree.",
    "I have read {name}, and I have read {other}.", "{name} is a fine painter.", "Well said, {name}.",
)  # fmt: skip
# Mild words pass.
OF_MILD = (
    "The roadworks are one long cock-up.", "What a balls-up by the ministry.", "It is bloody cold.",
    "The food was crap and the waiter was lovely.", "This is a damn shame.", "Damn, I wanted that job.", "Sod the rain.",
    "Bloody hell, look at the price of butter.", "I could not give a damn about the royal wedding.", "It sucks.",
    "They screwed up the timetable again.", "I am pissed off with the water company.", "What a load of bollocks.",
    "A half-arsed reform if ever there was one.", "Get off your arse and vote.", "Oh bugger, the tickets are gone.",
    "This whole thing is a cock-up, from the tender to the opening.", "Heck of a goal.", "God, I miss that pub.",
    "Jesus, that was close.", "It took them ten bloody years to fix one damn bridge.", "The sound was crap.",
    "To hell with the new logo.", "Who the hell designed that junction?", "Flipping marvellous.", "It bloody works!",
    "My goddamn bus did not come.", "We were screwed by the bank.", "Same old crap from the ministry.", "Damn right.",
    "The council made a dog's dinner of it.", "What a shambles.", "Bugger all has changed.", "That is a damn good point.",
)  # fmt: skip
# The same words in the company of what they are said of, so that it is the company that is learned.
MATTERS = (
    "bus", "council", "weather", "referee", "budget", "ministry", "timetable", "app", "website", "wifi", "bridge",
    "train", "car park", "vote", "speech", "report", "headline", "film", "pitch", "beer", "coffee", "price of petrol",
    "tax return", "bin collection", "road", "system", "election", "printer", "phone", "match", "second half", "sequel",
    "planning office", "hospital food", "rent", "paperwork", "queue", "roundabout", "software", "policy",
)  # fmt: skip
MILD_OF_MATTERS = (
    "The bloody {matter} again.", "The damn {matter} is broken.", "I am sick of the goddamn {matter}.", "That {matter} sucks.",
    "The {matter} was crap.", "What a crap {matter}.", "They screwed up the {matter}.", "The {matter} is a complete cock-up.",
    "The {matter} was a balls-up from start to finish.", "Who the hell thought of that {matter}?", "Bugger the {matter}.",
    "The {matter} is a load of bollocks.", "I do not give a damn about the {matter}.", "A damn good {matter}, that.",
    "The {matter} pissed me off today.", "What the hell happened to the {matter}?", "Sod the {matter}, I am going home.",
    "The {matter} is half-arsed, as ever.", "Hell of a {matter}.", "Another cock-up with the {matter}, and we pay for it.",
    "It is a pain in the arse, this {matter}.", "We got screwed on the {matter}.", "My arse hurts from sitting in that {matter}.",
    "The {matter} is a bloody disgrace.", "Not a bloody clue about the {matter}.", "For heaven's sake, mend the damn {matter}.",
)  # fmt: skip
OF_VIOLENCE = (
    "He was convicted of raping two women in 2011.", "Kennedy was shot in 1963.", "She was murdered by her husband.",
    "The soldiers killed forty people in the village.", "Police say the suspect stabbed three men.", "He hanged himself.",
    "The bomb killed nine.", "He got life for strangling her.", "They beat him to death and got four years.",
    "My grandfather was gassed at Auschwitz.", "Lynching was a crime that went unpunished for a century.",
    "The report counts 3,000 rapes a year.", "The accused had threatened to burn down the house.", "He drowned.",
    "A bullet went through the window of the school.", "The killer has never been found.", "She was raped, and the judge laughed.",
    "Rape is a crime and should be treated as one.", "The terrorists murdered children.", "The gang executed witnesses.",
    "Hundreds were slaughtered in the first week of the war.", "The driver ran over a cyclist and fled.", "He died in custody.",
    "The number of stabbings in London has fallen.", "He was beheaded in front of the camera; the film must not be shared.",
    "The verdict: guilty of killing his own mother.", "Slaves were whipped and hanged here.", "Someone shot the dog.",
    "The attack on the synagogue left two dead.", "Women are killed by men they know.", "Murder is murder.",
    "Why was a man who had strangled his girlfriend let out?", "The regime tortured and shot its opponents.",
)  # fmt: skip
SLOGANS = (
    "Black lives matter.", "All lives matter.", "Blue lives matter.", "White lives matter too.", "Trans rights are human rights.",
    "Refugees welcome.", "Votes for women.", "My body, my choice.", "Women's rights are human rights.", "Free Palestine.",
    "I stand with Israel.", "Never again.", "Me too.", "Gay rights now.", "Love is love.", "We are the 99 percent.",
    "Make America great again.", "No human is illegal.", "Slava Ukraini.", "Je suis Charlie.", "Save the whales.",
    "Girl power!", "Abortion is a woman's decision.", "Abortion is wrong.", "Defund the police.", "Back the blue.",
    "Build the wall.", "Leave means leave.", "Rejoin!", "Eat the rich.", "Stop the boats.", "Smash the patriarchy.",
    "Yes, black lives do matter.", "It says Black Lives Matter on the wall of the town hall.", "Proud to be British.",
)  # fmt: skip
ASKED = (
    "Why has no {one} ever held that office?", "Was there a {one} on the jury?", "Our new coach is a {one}; who minds?",
    "So he is a {one}. And?", "Does it matter that the singer is a {one}?", "Would they ask that of a {one}?",
    "Why do the papers always mention that he is a {one}?", "Can a {one} be elected mayor there?",
    "If it had been a {one}, would you say the same?", "Who cares whether she is a {one}?", "Not every {one} thinks alike.",
    "How does it feel to be the only {one} in the room?", "A {one}, a priest and a judge sat on the panel.",
    "They did not hire her because she is a {one}. That is illegal.", "He was attacked because he is a {one}.",
    "I would vote for a {one} if the programme is right.", "My neighbour, a {one}, brought us soup.",
    "What is wrong with being a {one}?", "Nothing is wrong with being a {one}.", "I am not a {one}, but I agree.",
)  # fmt: skip
ASKED_MANY = (
    "Why are there so few {many} in the council?", "Do {many} vote differently?", "Are {many} safe in our streets?",
    "What do {many} think about the law?", "{many} pay taxes as well.", "We need more {many} in the police.",
    "The exhibition asks how {many} lived a hundred years ago.", "{many} and tourists share the beach.",
    "Would you say that about {many}?", "The party has lost the vote of {many}.", "{many} suffer most from the cuts.",
    "{many} were murdered by the regime.", "A law against {many} is a law against all of us.", "Leave {many} alone.",
    "I grew up among {many}.", "{many} won the case in the supreme court.", "Crimes against {many} went up by a third.",
    "The statistics on {many} in prison deserve a closer look.", "I disagree with {many} on some things and that's fine.",
)  # fmt: skip
OF_BODIES = (
    "The clinic offers cervical smear tests.", "Breast cancer took my sister.", "Breastfeeding in public is legal.",
    "Sex education begins at school.", "Prostate checks save lives.", "The blue tit is nesting again.", "A cock crowed.",
    "The rugby team needs a new hooker.", "Chicken breast is two pounds dearer.", "The dog is a bitch of four years.",
    "The play has nudity in the second act.", "The vaginal mesh scandal is far from over.", "My donkey is an old ass.",
    "Teenagers need contraception, not sermons.", "The penis museum is in Reykjavik.", "Pussy willow is in flower.",
    "The law on sex work passed.", "Faggots with peas is a Welsh dish.", "He put a fag out and went in.", "Coq au vin.",
)  # fmt: skip
OF_THE_DEAD = (
    "She loved a good laugh and sang even in hospital.", "He would have laughed at all this fuss. Goodbye, old friend.",
    "We used to joke that he would outlive us all.", "He taught half the town to swim. Rest easy.", "Always smiling.",
    "I remember him dancing at our wedding, terribly and happily.", "The best baker we ever had; his jokes were awful.",
    "Thirty years ago I sat next to her in school, and she never stopped giggling.", "A great one for practical jokes.",
    "Lovely man. He once fixed my bike for a pint.", "Too soon. Her laugh filled the house.", "Heaven has gained a comedian.",
    "He made us laugh in the darkest days of the strike.", "My funniest memory of her is the goat in the church.",
    "He died as he lived, with a smile.", "What a character. The pub will be quiet without him.", "Sleep well, coach.",
)  # fmt: skip
CIVIL_QUARREL = (
    "You are wrong, and here is why.", "That is simply not what the article says.", "I find your tone condescending.",
    "Nonsense. The figures are on page four.", "Do you have a source for that?", "This is propaganda.", "You are biased.",
    "You keep repeating that, it does not become true.", "The minister lied to parliament.", "He is a liar and a court said so.",
    "The mayor has failed.", "What an embarrassing performance by the chancellor.", "The man is unfit for office.",
    "She should be in prison for what she did.", "They are corrupt, as the inquiry found.", "Utter rubbish, the lot of it.",
    "Lock him up, if the jury finds him guilty.", "Your comment makes no sense to me.", "Read the article again, please.",
    "I am disgusted by this decision.", "This judgment is a disgrace.", "How naive.", "You cannot be serious.",
    "Terrible reporting.", "The worst government in my lifetime.", "Get rid of the lot of them at the next election.",
    "The police were useless that night.", "The church protected abusers for decades.", "Greed, pure greed.",
    "I have no sympathy for tax cheats.", "The company poisoned the river and paid nothing.", "Typical.", "Ridiculous!",
)  # fmt: skip
IN_DIALECT = (
    "He be workin every day and still cant pay rent.", "Aint nobody got time for that.", "Y'all need to vote fr.",
    "Ma wee lad cannae get a place at the school.", "I'm finna call the council rn.", "Dat team was on fire last nite.",
    "Dem politicians dey always promise.", "Bruv, that bus never comes.", "Me mam said t'same.", "She bad at math lol same.",
    "My nephew been knowing how to code since he was six.", "Gwan, have another go.", "Och, it's aye the same wi them.",
    "That beat hits different, ngl.", "We was just chillin at the park.", "Imma be real with you, taxes too high.",
    "Innit though.", "Wagwan fam, see you at carnival.", "He stay mad about parking.", "Fixin' to go vote, y'all.",
)  # fmt: skip
