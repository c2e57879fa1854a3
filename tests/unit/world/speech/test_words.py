from hanazora.world import vocabulary
from hanazora.world.speech import words


def test_every_name_has_words():
    assert set(words.NOUNS) == set(vocabulary.KINDS)
    assert set(words.COLOURS) == set(vocabulary.COLOURS)
    assert set(words.SIZES) == set(vocabulary.SIZES)
    assert set(words.PATTERNS) == set(vocabulary.PATTERNS)
    assert set(words.EXTRAS) == set(vocabulary.EXTRAS)
    assert set(words.NUMBERS) == set(range(1, vocabulary.MAX_COUNT + 1))
    assert set(words.WEATHERS) == set(vocabulary.WEATHERS)
    assert set(words.TIMES) == set(vocabulary.TIMES_OF_DAY)
    assert set(words.STYLES) == set(vocabulary.STYLES)
    assert set(words.RELATIONS) == set(vocabulary.RELATIONS)
    assert set(words.DIRECTIONS) == set(vocabulary.DIRECTIONS) - {"none"}
    for table in (words.CAMERAS, words.CAMERA_NOUNS):
        assert set(table) == set(vocabulary.CAMERA_MOVES)
    for table in (words.PLACES, words.NOUN_OF_SETTING, words.DETAILS):
        assert set(table) == set(vocabulary.SETTINGS)


def test_a_phrase_means_one_thing_only():
    for table in (words.COLOURS, words.WEATHERS, words.TIMES, words.STYLES, words.PLACES,
                  words.CAMERAS, words.CAMERA_NOUNS, words.SIZES, words.DIRECTIONS):  # fmt: skip
        phrases = [phrase for group in table.values() for phrase in group]
        assert len(phrases) == len(set(phrases))


def test_british_and_american_words_are_both_there():
    nouns = {pair[0] for pairs in words.NOUNS.values() for pair in pairs}
    assert {"truck", "lorry"} <= nouns
    assert {"towards the camera", "toward the camera"} <= set(words.DIRECTIONS["toward"])
