"""Names that imitate others: characters that nobody sees, and letters that look like those of another alphabet.

Whoever signs chooses his own name, and a signature says nothing about it. Pages, messages and the command line show
texts of others through `visible`, and say what `imitation` finds.
Source: Unicode Technical Standard 39 (mixed scripts, whole-script confusables), for the scripts that are mixed up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Letters that draw nothing, besides the general categories in `_is_hidden`.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_JOINERS = frozenset("\u200c\u200d")
_JOINING_SCRIPTS = (
    "ARABIC",
    "SYRIAC",
    "MONGOLIAN",
    "DEVANAGARI",
    "BENGALI",
    "GURMUKHI",
    "GUJARATI",
    "ORIYA",
    "TAMIL",
    "TELUGU",
    "KANNADA",
    "MALAYALAM",
    "SINHALA",
)
_LOOKING_ALIKE = ("Latin", "Cyrillic", "Greek", "Armenian", "Cherokee", "Coptic")
# Letters of Cyrillic and Greek that read as Latin ones in common typefaces.
_READS_AS_LATIN = frozenset("аеорсухіјѕһԁԛԝӏгАВЕЗКМНОРСТУХІЈЅԌҺӀԚԜϳοαιρυνκτΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ")
MOST_LETTERS = 5_000
"""Of one text that are looked at and shown. No name is longer, and whoever signs a longer one must not keep us busy."""
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS = 3


def visible_parts(text: str) -> Iterator[tuple[str, bool]]:
    """Split a text into (part, hidden) pairs: a hidden part is one character that draws nothing or turns the
    direction of others, given by its number, "U+202E".

    Joiners count as text between letters of scripts that need them. Line breaks and tabs become spaces. After
    MOST_LETTERS the text ends with "…".
    """
    text = _cut(text)
    shown: list[str] = []
    for index, character in enumerate(text):
        if character in "\t\n\r":
            shown.append(" ")
        elif _is_hidden(text, index):
            if shown:
                yield "".join(shown), False
                shown = []
            yield f"U+{ord(character):04X}", True
        else:
            shown.append(character)
    if shown:
        yield "".join(shown), False


def visible(text: str) -> str:
    """The text in one line, with hidden characters written out: "a[U+202E]b"."""
    text = _cut(text)
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(f"[{part}]" if hidden else part for part, hidden in visible_parts(text)).strip()


def imitation(text: str) -> str:
    """What is wrong with a name, as the end of a sentence ("mixes …", "holds …"); "" where nothing is."""
    text = _cut(text)
    if text.isascii() and text.isprintable():
        return ""
    if any(hidden for _, hidden in visible_parts(text)):
        return "holds characters that nobody sees"
    words = _WORD.findall(text)
    has_ideographs = any(_is_ideographic(letter) for letter in text)
    for word in words:
        scripts = sorted({script for letter in word if (script := _script(letter))})
        if len(scripts) > 1:
            return f"mixes {' and '.join(scripts)} letters that look alike in “{word}”"
        if not has_ideographs and any(_is_styled(letter) for letter in word):
            return f"holds letters of another form than usual in “{word}”"
    return _disguise(words)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _disguise(words: list[str]) -> str:
    """A word of another alphabet that can be read as a Latin one, in a name that has Latin words or nothing else."""
    for word in words:
        if len(word) < _LEAST_LETTERS or not all(letter in _READS_AS_LATIN for letter in word):
            continue
        beside = (other for other in words if other != word)
        if all(_script(letter) == "Latin" for other in beside for letter in other):
            return f"has “{word}” in {_script(word[0])} letters, which read as Latin ones"
    return ""


def _script(letter: str) -> str:
    """The script of a letter, of those that are taken for one another; "" for any other."""
    first = unicodedata.name(letter, "").partition(" ")[0].capitalize()
    return first if first in _LOOKING_ALIKE else ""


def _is_styled(letter: str) -> bool:
    """Whether a letter is a plain Latin one in disguise: mathematical, full width, a sign such as that of Kelvin."""
    plain = unicodedata.normalize("NFKC", letter)
    return not letter.isascii() and letter not in "ªº" and len(plain) == 1 and plain.isascii()


def _is_ideographic(letter: str) -> bool:
    """Whether a letter is Chinese or Japanese: beside these, letters of full width are usual."""
    return unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA"))


def _is_hidden(text: str, index: int) -> bool:
    character = text[index]
    if character in _JOINERS:
        return not (0 < index < len(text) - 1 and _joins(text[index - 1]) and _joins(text[index + 1]))
    return character in _BLANK_LETTERS or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _joins(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_JOINING_SCRIPTS)
