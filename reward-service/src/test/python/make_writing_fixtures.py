"""Makes the reference data of the writing scorer: pairs of texts, and what the published rules give for them.

Run by hand, when the rules or the cases have to change; it needs Python's standard library alone:

    python reward-service/src/test/python/make_writing_fixtures.py reward-service/src/test/resources/fixtures

The rules are written down here a second time, from their description: Python's own str.split, str.lower and re decide
what a piece, a lower-case letter and a word are. The word lists are those of the project at the time of the run, and
go into the file, so that they may change without it. Characters are drawn from those that the Unicode version of this
Python knows; a later one may call some of the others letters.
"""

import json
import pathlib
import random
import re
import sys
import unicodedata

LISTS = pathlib.Path(__file__).parents[2] / "main/resources/dev/troupe/reward/writing"
FORMS = {
    "tldr": dict(pieces=8, length=(1.1, 1.6, 3.2, 5.0), vocabulary=(1.3, 2.0, None, None), jaccard=0.03),
    "arxiv": dict(pieces=128, length=(0.8, 1.3, 1.6, 2.0), vocabulary=(0.5, 0.7, 1.3, 1.7), jaccard=0.23),
    "arxiv-published": dict(pieces=128, length=(0.8, 1.0, 1.3, 1.5), vocabulary=(0.5, 0.7, 1.3, 1.7), jaccard=0.23),
}


def content(name):
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


TRANSITIONS = content("transitions.txt")
STOP_WORDS = content("stop-words.txt")
CATEGORIES = [[p.strip().lower() for p in line.split(":", 1)[1].split(",") if p.strip()] for line in TRANSITIONS]
STOP = set(re.findall(r"\w+", " ".join(STOP_WORDS).lower()))


def words(text):
    return set(re.findall(r"\w+", text.lower()))


def band(value, low, full_from, full_to, high):
    """What a ratio is worth, or None where it ends the scoring."""
    if value < low or (high is not None and value > high):
        return None
    if value < full_from:
        return (value - low) / (full_from - low)
    if full_to is None or value <= full_to:
        return 1.0
    return (high - value) / (high - full_to)


def categories(text):
    lower = text.lower()
    return sum(any(phrase in lower for phrase in phrases) for phrases in CATEGORIES)


def jaccard(text1, text2):
    words1, words2 = words(text1) - STOP, words(text2) - STOP
    return len(words1 & words2) / len(words1 | words2) if words1 | words2 else 1.0


def levels(form, text1, text2):
    rules = FORMS[form]
    if not all(rules["pieces"] <= len(text.split()) <= 256 for text in (text1, text2)):
        return [0.0, 0.0, 0.0, 0.0]
    length = band(len(text2) / len(text1), *rules["length"])
    if length is None:
        return [0.5, 0.0, 0.0, 0.0]
    distinct1, distinct2 = len(words(text1)), len(words(text2))
    vocabulary = band(distinct2 / distinct1, *rules["vocabulary"]) if distinct1 else None
    if vocabulary is None:
        return [0.5, length, 0.0, 0.0]
    found = categories(text2 if form == "tldr" else text1 + text2)
    transition = min(1.0, 0.4 + 0.05 * (found - 1)) if found else 0.0
    style = 0.4 * transition + 0.6 * min(jaccard(text1, text2), rules["jaccard"]) / rules["jaccard"]
    return [0.5, length, 0.5 * vocabulary, style]


def case(form, text1, text2):
    earned = levels(form, text1, text2)
    return {
        "form": form,
        "texts": [text1, text2],
        "levels": earned,
        "total": sum(earned),
        "jaccard": jaccard(text1, text2),
        "transitions": categories(text2 if form == "tldr" else text1 + text2),
        "pieces": [len(text1.split()), len(text2.split())],
        "length_ratio": len(text2) / len(text1) if text1 else 0.0,
        "vocabulary": len(words(text2)) / len(words(text1)) if words(text1) else 0.0,
    }


# --- cases -----------------------------------------------------------------------------------------------------------

SPACES = [chr(c) for c in range(0x110000) if chr(c).isspace()]
NO_SPACES = ["\u200b", "\u2060", "\ufeff", "\u180e", "\x00", "\x1b", "\u200d", "\ud800", "\udfff", "\U000e0001"]
NASTY = [
    "İstanbul", "ΟΔΟΣ", "ΣΑΣ", "ΑΣ.Α", "Σ", "ΑΣ\u0301", "\u0345Σ", "ΑΣ'", "Α\u00adΣ", "ΑΣ:Β", "ʰΣ", "ΑΣʰ", "1Σ", "\U00010400Σ",
    "e\u0301t\u0301", "ǅ", "ẞ", "ß", "K", "Å", "Ⅷ", "Ⓐ", "𐐀𐐁", "𝐀𝟙", "x²", "½", "٣٤", "१२", "中文字", "日本語の文", "ไทยไม่เว้น",
    "עִבְרִית", "العَرَبِيَّة", "Ꭰ", "Ა", "ﬁn", "ʼn", "snake_case", "_", "a-b", "it's", "don’t", "e.g.", "C++", "#", "…", "😀", "👩\u200d🔬",
    "न्", "क्षि", "\u0301", "ªº", "〇", "㊿", "①", "ℵ", "ⅰⅠ", "ǰ", "ΐ", "ŉ", "Ǆ", "ꟲ", "𞤀", "Ω",
]
WORDS = (
    "glass sofa gift button shadow goat cheese salt river harbour winter bread kiln paper rope island monk candle wheel "
    "market lamp drum silk potter valley oven brick dairy wool net sail barn field mill loom copper cloth stone boat "
    "result trains model data method theory proof graph noise bound layer token agent reward group policy"
).split()
COMMON = "the of and to in is that it for on with as by this was are be from or an at which not but so if".split()
PHRASES = [phrase for phrases in CATEGORIES for phrase in phrases]


def prose(rng, pool, count, phrase_chance=0.05):
    pieces = []
    while len(pieces) < count:
        if rng.random() < phrase_chance:
            pieces += rng.choice(PHRASES).split()
        else:
            pieces.append(rng.choice(COMMON) if rng.random() < 0.3 else rng.choice(pool))
        if rng.random() < 0.15:
            pieces[-1] = pieces[-1].capitalize() if rng.random() < 0.5 else pieces[-1] + rng.choice(",.;:!?")
    return pieces[:count]


def fitted(rng, form, nasty=0.0, separators=(" ",)):
    """Two texts that mostly reach a late level."""
    low, full_from, full_to, high = FORMS[form]["length"]
    if form == "tldr":
        count1 = rng.choice([7, 8, 9, 12, 20, 40])
        count2 = max(7, round(count1 * rng.uniform(low * 0.9, high * 1.05)))
    else:
        count1 = rng.choice([127, 128, 129, 140, 150])
        count2 = min(257, round(count1 * rng.uniform(low * 0.95, high * 1.05)))
    pool = rng.sample(WORDS, rng.choice([4, 12, 30, len(WORDS)]))
    other = pool if form == "tldr" else rng.sample(WORDS, rng.choice([12, 30]))
    texts = []
    for count, these in ((count1, pool), (count2, other if rng.random() < 0.7 else WORDS)):
        pieces = prose(rng, these, count, rng.choice([0, 0.02, 0.1, 0.3]))
        pieces = [rng.choice(NASTY) if rng.random() < nasty else piece for piece in pieces]
        texts.append("".join(piece + rng.choice(separators) for piece in pieces))
    return case(form, *texts)


def any_character(rng):
    while True:
        point = rng.randrange(rng.choice([0x300, 0x3000, 0x20000]))
        if unicodedata.category(chr(point)) != "Cn":
            return chr(point)


def soup(rng):
    texts = []
    for count in (rng.randrange(60, 90), rng.randrange(90, 260)):
        texts.append("".join(rng.choice(SPACES) if rng.random() < 0.18 else any_character(rng) for _ in range(count)))
    return case("tldr", *texts)


def exact():
    """On the thresholds themselves, and one step beside them."""
    for form, count in (("tldr", 8), ("arxiv", 128), ("arxiv-published", 128)):
        one = " ".join(f"w{i:03d}" for i in range(count))
        low, full_from, full_to, high = FORMS[form]["length"]
        for ratio in (low, full_from, full_to, high):
            for step in (-1, 0, 1):
                size = round(len(one) * ratio) + step
                two = " ".join(f"v{i:03d}" for i in range(min(256, (size + 1) // 5)))
                yield case(form, one, two.ljust(size, "z") if len(two) <= size else two)
        # a length that the threshold times gives a whole number: the ratio is the threshold itself
        for ratio in (low, full_from, full_to, high):
            base = " ".join("abcdefghi%s" % chr(97 + i % 26) for i in range(count))
            base = base.ljust(-(-len(base) // 20) * 20, "q")
            other = " ".join("b%02d" % (i % 90) for i in range(count))
            yield case(form, base, other.ljust(round(len(base) * ratio), "r"))
        for pieces in ((count - 1, count), (count, count - 1), (256, 256), (257, 256), (256, 257)):
            yield case(form, " ".join(["ab"] * pieces[0]), " ".join(["abcd"] * pieces[1]))
    for distinct1, distinct2 in ((10, 12), (10, 13), (10, 14), (10, 20), (10, 21), (20, 26), (30, 39)):
        one = " ".join(f"a{i % distinct1}" for i in range(40))
        yield case("tldr", one, " ".join(f"b{i % distinct2}long" for i in range(45)))
    for distinct1, distinct2 in ((100, 49), (100, 50), (100, 70), (100, 130), (100, 170), (100, 171)):
        one = " ".join(f"a{i % distinct1}" for i in range(180))
        yield case("arxiv", one, " ".join(f"b{i % distinct2}lo" for i in range(180)))
    for shared in (0, 1, 2, 3, 4):
        one = " ".join(f"s{i}" if i < shared else f"a{i}" for i in range(33))
        yield case("tldr", one, " ".join(f"s{i}" if i < shared else f"bb{i}" for i in range(66 + shared)))
    # nothing but stop-words, nothing but marks, nothing at all
    yield case("tldr", "the of and to in is that it", "for on with as by this was are be from or an at which not")
    yield case("tldr", "- " * 8, "! ? " * 8)
    yield case("tldr", "- " * 8, "word ! " * 4)
    yield case("tldr", "", "")
    yield case("tldr", "", "a b c d e f g h")
    # phrases inside of words and over the seam between two texts
    yield case("tldr", "Goats eat grass near old stone barns", "A")
    inside = "A sofa of glass, a gift, a button and a shadow lay around the old barn where goats eat grass"
    yield case("tldr", "Goats eat grass near old stone barns daily", inside)
    for seam in (("the end is how", "ever new words"), ("ends in fin", "ally it begins"), ("as a res", "ult")):
        one = " ".join(f"a{i:02d}x" for i in range(125)) + " " + seam[0]
        yield case("arxiv", one, seam[1] + " " + " ".join(f"a{i:02d}xyz" for i in range(126)))
    # every category: 2.98 is the most there is
    base = "goats eat grass near old stone barns daily"
    yield case("tldr", base, "goats eat grass " + " ".join(min(phrases, key=len) for phrases in CATEGORIES))


def main(directory):
    rng = random.Random(20251231)
    cases = list(exact())
    for _ in range(120):
        cases.append(fitted(rng, "tldr"))
    for _ in range(60):
        cases.append(fitted(rng, "tldr", nasty=0.3, separators=SPACES + [" "] * 20))
    for _ in range(40):
        cases.append(fitted(rng, "tldr", nasty=0.2, separators=NO_SPACES + [" "] * 30))
    for _ in range(60):
        cases.append(soup(rng))
    for form in ("arxiv", "arxiv-published"):
        for _ in range(25):
            cases.append(fitted(rng, form))
        for _ in range(10):
            cases.append(fitted(rng, form, nasty=0.1, separators=SPACES + [" "] * 20))
    lower = {}
    for _ in range(400):
        text = rng.choice(NASTY) + rng.choice(["", "'", ".", "\u0301", " ", "-"]) + rng.choice(NASTY)
        lower[text] = text.lower()
    fixture = {
        "unicode": unicodedata.unidata_version,
        "transitions": TRANSITIONS,
        "stopWords": STOP_WORDS,
        "spaces": "".join(SPACES),
        "lower": lower,
    }
    path = pathlib.Path(directory) / "writing.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(each) for each in cases)
    path.write_text(json.dumps(fixture, indent=0)[:-2] + ',\n"cases": [\n' + lines + "\n]}\n", encoding="utf-8")
    reached = [sum(1 for c in cases if sum(1 for level in c["levels"] if level) == n) for n in range(5)]
    print(f"{len(cases)} cases, by levels earned {reached}, best {max(c['total'] for c in cases)}")


if __name__ == "__main__":
    main(sys.argv[1])
