"""Byte-level BPE: known words are one token, any other text falls back to its bytes.

Every string has a spelling, so nothing is unknown and decoding gives back exactly what was
encoded (byte-level BPE as in GPT-2, Radford et al. 2019). The text is not normalised.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from jaxtyping import Bool, Int
from tokenizers import Tokenizer as BackendTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers
from torch import Tensor

from hanazora.core.errors import ModelError, UserError

PAD_ID = 0
"""Fills a batch up to its longest prompt; masked everywhere."""
NULL_ID = 1
"""Stands for the empty prompt, which training uses for guidance."""
_SPECIAL_TOKENS = ("<pad>", "<null>")


class PromptTooLongError(UserError):
    """A prompt has more tokens than the text encoder takes; nothing was cut off."""

    def __init__(self, num_tokens: int, max_length: int) -> None:
        self.num_tokens = num_tokens
        self.max_length = max_length
        super().__init__(
            f"the prompt has {num_tokens} tokens",
            f"at most {max_length} fit",
            "a shorter sentence",
        )


class Tokenizer:
    """Text to token ids and back."""

    def __init__(self, backend: BackendTokenizer) -> None:
        ids = tuple(backend.token_to_id(token) for token in _SPECIAL_TOKENS)
        if ids != (PAD_ID, NULL_ID):
            raise ModelError(
                f"the special tokens {', '.join(_SPECIAL_TOKENS)} have the ids {ids}",
                f"they must be {(PAD_ID, NULL_ID)}",
            )
        # Somebody who types "<pad>" means these five letters.
        backend.encode_special_tokens = True
        self._backend = backend

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        """Read a tokenizer.json."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"cannot read the tokenizer {path}", str(error)) from error
        try:
            backend = BackendTokenizer.from_str(text)
        except Exception as error:  # the library raises bare Exception
            raise ModelError(f"{path} is not a tokenizer", str(error)) from error
        return cls(backend)

    def save(self, path: Path) -> None:
        """Write a tokenizer.json."""
        path.write_text(self._backend.to_str(pretty=True), encoding="utf-8")

    @property
    def vocab_size(self) -> int:
        """Number of tokens; ids are below it."""
        return int(self._backend.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """Return the token ids of the text, without special ones; blank text is the null prompt."""
        if not text.strip():
            return [NULL_ID]
        return list(self._backend.encode(text, add_special_tokens=False).ids)

    def num_tokens(self, text: str) -> int:
        """Return how many tokens the text takes."""
        return len(self.encode(text))

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text that was encoded."""
        kept = [token for token in ids if token not in (PAD_ID, NULL_ID)]
        return str(self._backend.decode(kept, skip_special_tokens=False))

    def encode_batch(
        self, texts: Sequence[str], max_length: int
    ) -> tuple[Int[Tensor, "b l"], Bool[Tensor, "b l"]]:
        """Return ids and mask (True where there is a token), padded to the longest text.

        Args:
            texts: prompts; "" is the null prompt.
            max_length: most tokens of a prompt. A longer one is an error that names its number of
                tokens; nothing is ever cut off here.
        """
        rows = [self.encode(text) for text in texts]
        longest = max(map(len, rows), default=0)
        if longest > max_length:
            raise PromptTooLongError(longest, max_length)
        ids = torch.full((len(rows), longest), PAD_ID, dtype=torch.int64)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row, dtype=torch.int64)
        return ids, ids != PAD_ID


def train_tokenizer(texts: Iterable[str], vocab_size: int = 2048) -> Tokenizer:
    """Learn the merges from example texts.

    Args:
        texts: captions and words; what is frequent in them becomes one token.
        vocab_size: at most this many tokens, the 256 bytes and two special ones among them.
    """
    smallest = len(_SPECIAL_TOKENS) + 256
    if vocab_size < smallest:
        raise UserError(f"vocab_size is {vocab_size}", f"at least {smallest}", str(smallest))
    backend = BackendTokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        special_tokens=list(_SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    return Tokenizer(backend)
