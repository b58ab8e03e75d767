"""Invented comments of the length that newspaper comments have, the same in every run."""

import random

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


def comments(count: int, seed: int = 7) -> list[str]:
    """`count` texts of one to ten sentences."""
    dice = random.Random(seed)
    return [
        " ".join(dice.choice(SENTENCES) for _ in range(dice.choice(SHARES))) + f" ({number})" for number in range(count)
    ]
