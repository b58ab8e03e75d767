"""Characters that look like a Latin letter: the table of Unicode's confusables, and our own.

Unicode's part was taken from confusable-homoglyphs 3.3.1 (MIT), which carries the data of
Unicode Technical Standard 39 (confusables.txt, Unicode License V3); only single characters that
stand for one ASCII letter and that NFKC leaves alone are kept.
"""

from __future__ import annotations

UNICODE_PAIRS = (
    (
        "a",
        "ɑΑαАаᎪᗅ⍺\ua4ee\U000102a0\U00016f40\U0001d6a8\U0001d6c2\U0001d6e2\U0001d6fc\U0001d71c\U0001d736\U0001d756\U0001d770\U0001d790\U0001d7aa",
    ),
    ("b", "ƄΒВЬᏏᏴᑲᖯᗷ\ua4d0\ua7b4\U00010282\U000102a1\U00010301\U0001d6a9\U0001d6e3\U0001d71d\U0001d757\U0001d791"),
    ("c", "ϲϹСсᏟᴄⲤⲥ\ua4da\uabaf\U000102a2\U00010302\U00010415\U0001043d\U0001051c\U000118e9\U000118f2\U0001f74c"),
    ("d", "ԁᎠᏧᑯᗞᗪ\ua4d2\ua4d3"),
    ("e", "ΕЕеҽᎬ℮ⴹ\ua4f0\uab32\U00010286\U000118a6\U000118ae\U0001d6ac\U0001d6e6\U0001d720\U0001d75a\U0001d794"),
    ("f", "Ϝքᖴẝ\ua4dd\ua798\ua799\uab35\U00010287\U000102a5\U00010525\U000118a2\U000118c2\U0001d213\U0001d7ca"),
    ("g", "ƍɡԌցᏀᏳᶃ\ua4d6"),
    ("h", "ΗНһհᎻᏂᕼⲎ\ua4e7\U000102cf\U0001d6ae\U0001d6e8\U0001d722\U0001d75c\U0001d796"),
    ("i", "ıɩɪͺιіӏᎥι⍳\ua647\uab75\U000118c3\U0001d6a4\U0001d6ca\U0001d704\U0001d73e\U0001d778\U0001d7b2"),
    ("j", "ͿϳЈјᎫᒍ\ua4d9\ua7b2"),
    ("k", "ΚКᏦᛕⲔ\ua4d7\U00010518\U0001d6b1\U0001d6eb\U0001d725\U0001d75f\U0001d799"),
    (
        "l",
        "ƖǀΙІӀ۱Ꮮᒪᛁ⏽ⲒⳐⵏ\ua4e1\ua4f2\uffe8\U0001028a\U00010309\U00010320\U0001041b\U00010526\U000118a3\U000118b2\U00016f16\U00016f28\U0001d22a\U0001d6b0\U0001d6ea\U0001d724\U0001d75e\U0001d798\U0001d7cf\U0001d7d9\U0001d7e3\U0001d7ed\U0001d7f7\U0001fbf1",
    ),
    ("m", "ΜϺМᎷᗰᛖⲘ\ua4df\U000102b0\U00010311\U0001d6b3\U0001d6ed\U0001d727\U0001d761\U0001d79b"),
    ("n", "ΝոռⲚ\ua4e0\U00010513\U0001d6b4\U0001d6ee\U0001d728\U0001d762\U0001d79c"),
    (
        "o",
        "ΟοσОоՕօ۵०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑⲞⲟⵔ\u3007\ua4f3\uab3d\U00010292\U000102ab\U00010404\U0001042c\U000104c2\U000104ea\U00010516",
    ),
    (
        "o",
        "\U000114d0\U000118b5\U000118c8\U000118d7\U000118e0\U0001d6b6\U0001d6d0\U0001d6d4\U0001d6f0\U0001d70a\U0001d70e\U0001d72a\U0001d744\U0001d748\U0001d764\U0001d77e\U0001d782\U0001d79e\U0001d7b8\U0001d7bc\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6\U0001fbf0",
    ),
    (
        "p",
        "ΡρϱРрᏢᑭ⍴Ⲣⲣ\ua4d1\U00010295\U0001d6b8\U0001d6d2\U0001d6e0\U0001d6f2\U0001d70c\U0001d71a\U0001d72c\U0001d746\U0001d754\U0001d766\U0001d780\U0001d78e\U0001d7a0\U0001d7ba\U0001d7c8",
    ),
    ("q", "ԛգզⵕ"),
    ("r", "ƦгᎡᏒᖇᴦⲅ\ua4e3\uab47\uab48\uab81\U000104b4\U00016f35\U0001d216"),
    ("s", "ƽЅѕՏᏕᏚ\ua4e2\ua731\uabaa\U00010296\U00010420\U00010448\U000118c1\U00016f3a"),
    (
        "t",
        "ΤТᎢⲦ\ua4d4\U00010297\U000102b1\U00010315\U000118bc\U00016f0a\U0001d6bb\U0001d6f5\U0001d72f\U0001d769\U0001d7a3\U0001f768",
    ),
    (
        "u",
        "ʋυՍսሀᑌᴜ\ua4f4\ua79f\uab4e\uab52\U000104ce\U000104f6\U000118b8\U000118d8\U00016f42\U0001d6d6\U0001d710\U0001d74a\U0001d784\U0001d7be",
    ),
    (
        "v",
        "νѴѵ۷Ꮩᐯᴠⴸ\ua4e6\ua6df\uaba9\U0001051d\U00011706\U000118a0\U000118c0\U00016f08\U0001d20d\U0001d6ce\U0001d708\U0001d742\U0001d77c\U0001d7b6",
    ),
    ("w", "ɯѡԜԝաᎳᏔᴡ\ua4ea\uab83\U0001170a\U0001170e\U0001170f\U000118e6\U000118ef"),
    (
        "x",
        "ΧХхᕁᕽ᙭ᚷ╳Ⲭⵝ\ua4eb\ua7b3\U00010290\U000102b4\U00010317\U00010322\U00010527\U000118ec\U0001d6be\U0001d6f8\U0001d732\U0001d76c\U0001d7a6",
    ),
    (
        "y",
        "ɣʏΥγϒУуҮүყᎩᎽᶌỿℽⲨ\ua4ec\uab5a\U000102b2\U000118a4\U000118dc\U00016f43\U0001d6bc\U0001d6c4\U0001d6f6\U0001d6fe\U0001d730\U0001d738\U0001d76a\U0001d772\U0001d7a4\U0001d7ac",
    ),
    ("z", "ΖᏃᴢ\ua4dc\uab93\U000102f5\U000118a9\U000118c4\U000118e5\U0001d6ad\U0001d6e7\U0001d721\U0001d75b\U0001d795"),
)

# Seen in comments, missing above: letters that readers take for Latin ones inside a Latin word.
OWN_PAIRS = (
    ("b", "вЪ"),
    ("c", "ᑕⅽ"),
    ("e", "єз"),
    ("f", "ƒ"),
    ("h", "н"),
    ("k", "κкКΚĸᏦⲔ"),
    ("l", "ʟ"),
    ("m", "м"),
    ("n", "пη"),
    ("r", "я"),
    ("t", "тτ"),
    ("u", "մμµ"),
    ("w", "шщω"),
    ("x", "χ"),
    ("z", "ʐ"),
)

LOOK_ALIKES: dict[str, str] = {
    sign: letter for pairs in (OWN_PAIRS, UNICODE_PAIRS) for letter, signs in pairs for sign in signs
}
