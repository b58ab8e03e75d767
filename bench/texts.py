"""Comments for measuring: real ones where the labelled sets are at hand, else invented ones; the same in every run."""

import gzip
import json
import random
from pathlib import Path

SENTENCES = (
    "The council had two years to publish these figures and still has not done so.",
    "I cycled past the works this morning and there was nobody on the site at all.",
    "With respect, the article says the opposite: the grant was refused in March, not in May.",
    "My mother waited eleven hours in that hospital, and the nurses could not have been kinder.",
    "Why is nobody asking who signed the contract?",
    "That is an idiotic policy and the minister knows it.",
    "You are a complete idiot if you believe that.",
    "Scunthorpe has had this problem for thirty years, ask anybody who lives there.",
    "Raise the fares, cut the trains, and then wonder where the passengers went.",
    "I don't agree with everything she wrote, but it is a fair point and well made.",
    "What the hell are we paying them for?",
    "The same happened in Leeds in 2014, and it took a judge to stop it.",
    "Thank you for a calm and careful report on something that others only shout about.",
    "If the bridge stays shut for another winter the shops on that side will be gone.",
)
SHARES = (1, 2, 4, 6, 10)


# Of the training file: news comments that nobody selected, and remarks of Wikipedia's editors to one another.
NEWS, TALK = ("civil_demo1k", "civil_autolabel_old"), ("jigsaw_wiki",)


def comments(count: int, labels: Path) -> tuple[list[str], str]:
    """`count` texts and where they come from; labels: the folder with train.jsonl.gz."""
    file = labels / "train.jsonl.gz"
    if not file.is_file():
        return invented(count), "invented comments"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := json.loads(line))["src"] in (*NEWS, *TALK)]
    news = [row["text"] for row in rows if row["src"] in NEWS]
    talk = [row["text"] for row in rows if row["src"] in TALK]
    dice = random.Random(7)
    found = news[:count] + dice.sample(talk, max(0, count - len(news)))
    dice.shuffle(found)
    return found, f"real comments ({len(news):,} of news sites, the rest from Wikipedia's talk pages)"


def invented(count: int, seed: int = 7) -> list[str]:
    """`count` texts of one to ten sentences."""
    dice = random.Random(seed)
    return [
        " ".join(dice.choice(SENTENCES) for _ in range(dice.choice(SHARES))) + f" ({number})" for number in range(count)
    ]
