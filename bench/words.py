"""Made-up words: a fixed vocabulary, so that every run fills the same text."""

import random

RARE, OFTEN = "zymurgy", "printer"  # in one request of a thousand, and in about every tenth


def _split(line: str) -> list[str]:
    return line.split()


_SYLLABLES = _split("al bra cen dor el fin gar hol im jun ker lan mor net ost pel qui ras sol tam und vor wil yar zet")
_EVERYDAY = _split(
    "the a we it is not was again since this morning please could you somebody nobody works open close start stop "
    "screen mouse mail network office server invoice folder password window update phone door desk late soon"
)


def _vocabulary() -> list[str]:
    chosen = random.Random(11)
    return sorted({"".join(chosen.choices(_SYLLABLES, k=chosen.choice((2, 2, 3)))) for _ in range(4000)})


_VOCABULARY = _vocabulary()


def sentence(chosen: random.Random, count: int) -> str:
    """Return `count` words, half of them everyday ones, the others the rarer the later in the vocabulary."""
    rarer = len(_VOCABULARY)
    return " ".join(
        chosen.choice(_EVERYDAY) if chosen.random() < 0.5 else _VOCABULARY[int(rarer * chosen.random() ** 2)]
        for _ in range(count)
    )


def text(chosen: random.Random, *, with_word: str = "") -> str:
    """Return two paragraphs of thirty words; `with_word` stands in the second one."""
    second = sentence(chosen, 30 if not with_word else 29)
    return f"{sentence(chosen, 30)}.\n\n{f'{with_word} {second}' if with_word else second}."
