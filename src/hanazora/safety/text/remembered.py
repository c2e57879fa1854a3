"""What is known about words, kept in a table that a whole text can be looked up in at once.

Unlike the cache of functools it is a dictionary, so that `map(table.__getitem__, words)` costs one
step of Python only where a word is new. It has a limit: texts come from strangers.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

MAX_WORDS, MAX_LETTERS = 32_768, 40


class Remembered(dict[str, Answer], Generic[Answer]):
    """A function of words that answers each word once; longer ones it does not remember.

    Args:
        answer: the function.
    """

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, word: str) -> Answer:
        """Ask the function, and start anew where the table has become full."""
        found = self._answer(word)
        if len(word) <= MAX_LETTERS:
            if len(self) >= MAX_WORDS:
                self.clear()
            self[word] = found
        return found
