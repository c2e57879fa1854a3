from hanazora.safety.text.remembered import MAX_LETTERS, MAX_WORDS, Remembered


def counting():
    asked = []

    def answer(word):
        asked.append(word)
        return len(word)

    return Remembered(answer), asked


def test_a_word_is_asked_once():
    table, asked = counting()
    assert list(map(table.__getitem__, ["red", "boat", "red"])) == [3, 4, 3]
    assert asked == ["red", "boat"]


def test_a_long_word_is_answered_and_not_kept():
    table, asked = counting()
    word = "a" * (MAX_LETTERS + 1)
    assert table[word] == table[word] == len(word)
    assert asked == [word, word] and len(table) == 0


def test_a_full_table_starts_anew():
    table, _ = counting()
    for number in range(MAX_WORDS + 10):
        assert table[str(number)] == len(str(number))
    assert len(table) == 10
