"""Word tables for telling whom a word is aimed at."""

from __future__ import annotations

FIRST = frozenset("i i'm im i've i'd i'll me my myself mine we we're we've us our ours ourselves".split())
I_AM = frozenset("i'm im we're".split())
# Between `I am` and a word, these say that the word is not what I am.
LEADS_AWAY = frozenset("of to with by at for from about against like".split())
SECOND = frozenset(
    """you you're youre your yours yourself yourselves you've you'd you'll your're you'r ur u ya ye yer yous thou y'all yall
    youse""".split()
)
YOU_ARE = frozenset("you're youre your're you'r ur".split())
THIRD = frozenset("""he he's hes she she's shes him her his hers himself herself he'd she'd he'll she'll""".split())
MANY = frozenset(
    """they they're theyre them their these those all both most many some people folks everyone everybody anyone
    anybody nobody somebody someone who whoever whom lot bunch pack load us who's those""".split()
)
IT = frozenset(
    "it it's its this that that's thats what what's which there there's here everything something nothing".split()
)

# `that idiot`, `what a clown`: before a noun they point, with a verb between they are the subject.
POINTING = frozenset("this that these those what such".split())

# Between a subject and what is said of it; these say nothing about who is meant.
FILLERS = frozenset(
    """a an the is are am was were be been being isn't aren't wasn't ain't not never such so very really truly total
    totally complete completely utter utterly absolute absolutely real proper right pure sheer just still clearly
    obviously certainly probably definitely simply only merely quite rather pretty too also always again even ever now
    as like sound sounds sounding look looks looking seem seems seemed act acts acting behave behaving come comes
    across off typical turn turned out remain become became must sure kind sort of some piece one big bigger biggest fat old
    little damn damned bloody fucking fuckin freaking frigging effing goddamn stupid dumb ignorant pathetic lying
    dirty filthy sad silly miserable arrogant worthless useless disgusting brainless clueless lazy cowardly hateful
    racist bitter ugly crazy insane mindless nasty bootlicking crawling snivelling sniveling whining spineless gutless treasonous smug pompous vile evil rotten hopeless ridiculous incompetent and or more most
    sir bit well indeed honestly frankly mean nothing but other than another same every inch to appear appears
    r selfish rude corrupt greedy cheap noisy nosy whiny petty damned dishonest obnoxious brainwashed deluded illiterate
    imagine foolish childish bigoted entitled sick twisted bankrupt no-good good-for-nothing insecure two-faced grade
    sexist homophobic xenophobic misogynistic hypocritical heartless spoiled perverted delusional lefty communist socialist
    liberal conservative leftist republican democrat left right wing self hearted headed faced""".split()
)
BE_FORMS = frozenset("is are r am was were be being been seems sounds looks feel felt 's isn't aren't ain't".split())

# What follows one of these is no longer said of the subject before it.
PREPOSITIONS = frozenset("for with at from by about against on in over under into after before than because".split())

# Things that may be called anything: saying so is an argument and no attack on a person.
THINGS = frozenset(
    """idea ideas policy policies plan plans law laws argument arguments point points comment comments article articles
    piece question questions statement statements decision decisions rule rules logic reasoning reporting journalism
    headline headlines paper newspaper rag post posts opinion opinions theory theories excuse excuses move system war
    game games show movie film book speech answer tweet tweets bill budget vote project programme program campaign
    nonsense talk thing things stuff mistake mistakes way ways site website story stories claim claims proposal remark
    remarks joke jokes ad ads tax taxes strategy attempt assumption analogy comparison response reply conspiracy
    rhetoric propaganda narrative belief beliefs religion ideology bias behavior behaviour action actions act choice
    choices editorial column analysis poll polls study regulation regulations process approach concept notion reason
    reasons view views position stance premise conclusion assertion suggestion contract deal agreement agenda design
    team season match call play referee's schedule building bridge road car cars bike lane traffic weather phone
    computer software app update service customer job money price prices fee fees amount number word words name
    phrase term label song music sign signs thinking thought thoughts mentality attitude culture politics election
    referendum brexit wall tariff tariffs order ruling verdict sentence trial case media press channel network party
    government administration congress senate parliament council bureaucracy world country state city place time
    day year stunt mess sport sports test tests standard standards example insult insults""".split()
)
# Right behind an adjective these begin something else: `you are dumb beyond …`, `you are stupid if …`.
NO_NOUN = frozenset(
    "beyond if when while unless who period enough lol haha huh eh then though anyway every each again".split()
)
# `they think you are …`, `nobody said that you were …`: the word of others, unless one of these says it.
OPINION = frozenset("think thinks thought say says said saying treat treats treated feel".split())
OWN_OPINION = frozenset("i we i'd we'd i'll you everyone everybody all people".split())
FRIEND = frozenset("friend man dear good lad son boy buddy".split())
ILK = frozenset("ilk kind sort type buddies friends pals cronies".split())
# Who holds an office is public by what the comment itself says, whatever the story says of him.
OFFICES = frozenset(
    """president potus premier chancellor senator senators congressman congresswoman congressmen representative minister
    ministers mayor mayors governor governors councillor councillors councilman councilwoman mp mps mep msp mla mpp
    secretary pm vp politician politicians justice commissioner alderman lawmaker lawmakers king queen prince princess
    pope dictator assemblyman assemblywoman speaker""".split()
)
WRITERS_OF_PIECE = frozenset(
    "author writer journalist reporter columnist editor editors correspondent hack scribe".split()
)
PERSONS = frozenset(
    """man woman men women guy guys dude bloke lad chap boy girl kid person people human humans being beings individual
    individuals lady gentleman fool liar mother father mom mum dad wife husband son daughter sister brother family
    parents bastard bitch ass arse cow pig dog rat snake moron idiot prick twat git sod cunt fuck fucker shit
    motherfucker asshole arsehole face head son-of-a-bitch creature scum trash garbage piece excuse sack bag
    loser losers clown clowns troll trolls coward cowards hypocrite hypocrites""".split()
)
FAMILY = frozenset(
    "mother mom mum mama father dad wife husband sister brother daughter son kids parents family".split()
)
SOMEBODY = FAMILY - {"parents", "kids", "family"} | frozenset(
    "man woman guy gal dude bloke lady chap gentleman kid boy girl driver teacher owner landlord neighbour neighbor".split()
)
GROUP_AFTER_YOU = frozenset(
    """people guys folks lot all liberals conservatives republicans democrats lefties righties leftists libs trumpers
    trumpsters trumpists trumpkins tories labourites brexiteers remainers remoaners americans brits millennials boomers
    men women types kind both cons dems repubs progressives socialists communists feminists atheists christians
    voters supporters followers fans clowns idiots morons""".split()
)
CALLING = frozenset(
    """called calls calling call labelled labeled branded dubbed labeling labelling naming named termed described
    accused accusing referred""".split()
)
NEGATIONS = frozenset(
    "doesnt dont isnt arent wasnt werent aint cant not never no isn't aren't ain't wasn't weren't don't hardly neither nor without".split()
)
CONDITIONS = frozenset("if unless".split())
BYE = frozenset(
    """hey hi hello oi oh ok okay yes no nope yep nice well sorry lol haha shut goodbye bye listen look dear actually
    thanks congratulations wrong see""".split()
)
HEY = frozenset("hey oi yo".split())
# The last word of an order or a remark behind which a noun calls its reader: `suck it up …`, `prove it …`.
ENDS_ORDER = frozenset("it up off on again now then down out me us away there here too either yet already".split())
STOP_BEING = frozenset((first, then) for first in ("stop", "quit") for then in ("being", "acting", "behaving")) | {
    (first, "be") for first in ("don't", "dont")
}
# After a match, these point back at the person spoken to: `idiots like you`, `what a clown you are`, `the liar is you`.
BACK_TO_YOU = frozenset((("like", "you"), ("like", "yourself"), ("like", "u"), ("you", "are"), ("u", "r")))
# The last words of a sentence: `not very bright, are you?`, `how stupid you sound`.
TAGS = frozenset((be, you) for be in ("are", "aren't", "arent", "ain't") for you in ("you", "ya", "u")) | frozenset(
    (("you", "sound"), ("you", "look"))
)
SECOND_SUBJECT = frozenset("you u ya ye".split())
# Before a bare noun these make it a part of something said and no call: `you know the …`, `you voted for …`.
BREAKS_A_CALL = (
    PREPOSITIONS
    | BE_FORMS
    | THIRD
    | FIRST
    | MANY
    | IT
    | frozenset(
        """a an the your his her its our their every each any another no not never to of and or nor but as like than if
        when where why how that such via per be do don't dont does did can can't cant will won't would could should may
        might must have has had get got call called calling act acting play playing feel know want need see hear become
        president mr mrs ms sir saint what same more less very too always still just being""".split()
    )
) - frozenset("you u ya ye now lot people folks here there it nothing me us".split())
ARTICLES = frozenset("a an the this that these those his her their its our every each any another no".split())
# Words that may stand between a comma, a verb or the like and the noun that calls somebody.
TELLING = frozenset("little old big fat stupid dumb ignorant pathetic lying damn damned bloody fucking you".split())
# Also at the start of a sentence, where no list of things goes before.
CALLED = TELLING | frozenset(
    """silly mindless brainless worthless useless arrogant filthy dirty lazy racist crazy sick evil selfish treasonous
    hypocritical left right wing alt liberal conservative leftist lefty""".split()
)
# In the place of a call these may be a verb or some stuff: `you clown around`, `you collect trash`, `you know …`.
ALSO_A_VERB_OR_STUFF = frozenset(
    """scum filth vermin dick pussy trash garbage troll bully fraud fool shill racist sexist bitch clown jerk creep
    dupe slag rat worm weasel snake pig slug swine turd pest cheat cuck hag brat div tramp hoe skunk sucker retard
    freak psycho""".split()
)
CUTS = frozenset(",;:.!?()-")  # right behind an adjective they part it from the next noun
PAIR = frozenset("two pair both".split())
