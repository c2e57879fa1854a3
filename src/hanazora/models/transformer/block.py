"""One transformer block in the Wan 2.1 layout, over a packed sequence (spec field.md 9.2)."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from hanazora.models.layers.attention import attend, attend_in_order
from hanazora.models.layers.norm import LayerNorm, RMSNorm
from hanazora.models.layers.packing import PackableLinear, PackedLinear
from hanazora.models.layers.rope import Rotation, rotate
from hanazora.models.transformer.layout import DocumentGroup

KeyValue = tuple[Tensor, Tensor]
Groups = tuple[DocumentGroup, ...]


class TextContext(NamedTuple):
    """Projected prompt embeddings of every document and which of their places hold a token."""

    embeds: Float[Tensor, "docs l d"]
    mask: Bool[Tensor, "docs l"] | None


class PromptKeys(NamedTuple):
    """Keys and values of every document's prompt in one block, and which of them hold a token."""

    key: Float[Tensor, "docs heads l e"]
    value: Float[Tensor, "docs heads l e"]
    mask: Bool[Tensor, "docs 1 1 l"] | None


class PromptContext(NamedTuple):
    """All that the network reads of the prompts; it depends on nothing else."""

    pooled: Float[Tensor, "docs d"] | None
    blocks: tuple[PromptKeys, ...]


class Attention(nn.Module):
    """Projections and RMS qk-norm over the whole width; what is attended to is up to the caller."""

    def __init__(self, hidden_size: int, num_heads: int, eps: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.to_q = PackableLinear(hidden_size, hidden_size)
        self.to_k = nn.Linear(hidden_size, hidden_size)
        self.to_v = nn.Linear(hidden_size, hidden_size)
        self.to_out = nn.ModuleList([PackableLinear(hidden_size, hidden_size)])
        self.norm_q = RMSNorm(hidden_size, eps)
        self.norm_k = RMSNorm(hidden_size, eps)
        self.packed_input: PackedLinear | None = None

    @property
    def out(self) -> PackableLinear:
        """The output projection."""
        linear = self.to_out[0]
        assert isinstance(linear, PackableLinear)
        return linear

    def query(self, x: Float[Tensor, "*n d"]) -> Float[Tensor, "*n heads e"]:
        """Project to normalised queries."""
        return self.norm_q(self.to_q(x)).unflatten(-1, (self.num_heads, -1))

    def key_value(self, x: Float[Tensor, "*n d"]) -> KeyValue:
        """Project to normalised keys and to values, each (*n heads e)."""
        heads = (self.num_heads, -1)
        return self.norm_k(self.to_k(x)).unflatten(-1, heads), self.to_v(x).unflatten(-1, heads)

    def turned(
        self, x: Float[Tensor, "n d"], turn: Rotation
    ) -> tuple[Float[Tensor, "n heads e"], Float[Tensor, "n heads e"], Float[Tensor, "n heads e"]]:
        """Project to normalised and rotated queries and keys, and to values."""
        if self.packed_input is None:
            query, key, value = self.to_q(x), self.to_k(x), self.to_v(x)
        else:
            query, key, value = self.packed_input(x).chunk(3, dim=-1)
        query, key = self._turn(query, self.norm_q, turn), self._turn(key, self.norm_k, turn)
        return query, key, value.unflatten(-1, (self.num_heads, -1))

    def _turn(self, x: Tensor, norm: RMSNorm, turn: Rotation) -> Tensor:
        heads = (self.num_heads, -1)
        if torch.compiler.is_compiling():
            return rotate(norm(x).unflatten(-1, heads), turn)
        # The norm's factor rides on the rotation: five passes over memory instead of eleven.
        gained = x.float() * norm.weight.float()  # a product of two dtypes runs unvectorised
        return rotate(gained.unflatten(-1, heads), turn, norm.scale(x)).to(x.dtype)


def attend_documents(
    query: Float[Tensor, "n heads e"],
    key: Float[Tensor, "n heads e"],
    value: Float[Tensor, "n heads e"],
    groups: Groups,
    past: KeyValue | None,
) -> tuple[Float[Tensor, "n d"], KeyValue]:
    """Attend inside each document, group by group.

    Args:
        query: rotated queries of the packed sequence.
        key: rotated keys.
        value: values.
        groups: neighbouring documents of equal length.
        past: keys and values (b heads m e) that stand before the tokens of each document.

    Returns:
        The mixed values, and the keys and values of the first group (b heads n e) for a cache.
    """
    outputs, news = [], []
    for group, q, k, v in zip(
        groups, *(split_tokens(t, groups) for t in (query, key, value)), strict=True
    ):
        q, k, v = (to_batch(t, group) for t in (q, k, v))
        news.append((k, v))
        if past is not None:
            k, v = torch.cat((past[0], k), dim=2), torch.cat((past[1], v), dim=2)
        mixed = _attend_group(q, k, v, group, has_past=past is not None)
        outputs.append(from_batch(mixed))
    return outputs[0] if len(outputs) == 1 else torch.cat(outputs), news[0]


def _attend_group(
    query: Tensor, key: Tensor, value: Tensor, group: DocumentGroup, *, has_past: bool
) -> Tensor:
    # In training one masked product is faster: every slice of the keys costs its backward an
    # addition over all of them.
    in_order = group.mask is not None and group.chunk_tokens is not None and not has_past
    if in_order and not torch.is_grad_enabled():
        assert group.chunk_tokens is not None
        return attend_in_order(query, key, value, group.chunk_tokens)
    return attend(query, key, value, group.mask)


def split_tokens(values: Float[Tensor, "n heads e"], groups: Groups) -> tuple[Tensor, ...]:
    """Cut a packed sequence into its groups; the backward of one split is one concatenation."""
    if len(groups) == 1:
        return (values,)
    return values.split([group.num_documents * group.num_tokens for group in groups])


def to_batch(values: Float[Tensor, "bn heads e"], group: DocumentGroup) -> Tensor:
    """Stack the documents of a group into a batch (b heads n e)."""
    return values.unflatten(0, (group.num_documents, -1)).transpose(1, 2)


def from_batch(values: Float[Tensor, "b heads n e"]) -> Float[Tensor, "bn d"]:
    """Undo `to_batch`, and join the heads."""
    return values.transpose(1, 2).flatten(0, 1).flatten(1)


def attend_prompts(
    query: Float[Tensor, "n heads e"], prompt: PromptKeys, groups: Groups
) -> Float[Tensor, "n d"]:
    """Attend every token to its own document's prompt, group by group."""
    outputs = []
    documents = [group.num_documents for group in groups]
    masks = [None] * len(groups) if prompt.mask is None else prompt.mask.split(documents)
    pieces = zip(
        groups,
        split_tokens(query, groups),
        prompt.key.split(documents),
        prompt.value.split(documents),
        masks,
        strict=True,
    )
    for group, q, k, v, mask in pieces:
        outputs.append(from_batch(attend(to_batch(q, group), k, v, mask)))
    return outputs[0] if len(outputs) == 1 else torch.cat(outputs)


class GELUProjection(nn.Module):
    """First half of the MLP; a module only to carry the name ``proj`` of Wan's weights."""

    def __init__(self, hidden_size: int, mlp_size: int, *, exact: bool) -> None:
        super().__init__()
        self.proj = PackableLinear(hidden_size, mlp_size)
        self.form = "none" if exact else "tanh"

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        """Project up and apply GELU (Hendrycks and Gimpel, 2016)."""
        return F.gelu(self.proj(x), approximate=self.form)


class FeedForward(nn.Module):
    """Two-layer GELU MLP."""

    def __init__(self, hidden_size: int, mlp_size: int, *, exact_gelu: bool) -> None:
        super().__init__()
        up = GELUProjection(hidden_size, mlp_size, exact=exact_gelu)
        self.net = nn.ModuleList([up, nn.Identity(), PackableLinear(mlp_size, hidden_size)])

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Apply the MLP to every token."""
        return self.net[2](self.net[0](x))


class TransformerBlock(nn.Module):
    """Self-attention, cross-attention, MLP; the first and last modulated by the noise level.

    ``forward`` is cut at the two attentions: the three pieces between them see one constant shape
    per run and may be compiled, the attentions see other groups at every step and are not.
    """

    def __init__(
        self,
        hidden_size: int,
        num_heads: int,
        mlp_size: int,
        eps: float,
        *,
        exact_gelu: bool = True,
    ) -> None:
        super().__init__()
        self.scale_shift_table = nn.Parameter(torch.randn(1, 6, hidden_size) / hidden_size**0.5)
        self.norm1 = LayerNorm(hidden_size, eps, affine=False)
        self.attn1 = Attention(hidden_size, num_heads, eps)
        self.norm2 = LayerNorm(hidden_size, eps, affine=True)
        self.attn2 = Attention(hidden_size, num_heads, eps)
        self.norm3 = LayerNorm(hidden_size, eps, affine=False)
        self.ffn = FeedForward(hidden_size, mlp_size, exact_gelu=exact_gelu)

    def compile_pieces(self) -> None:
        """Compile the parts of ``forward`` whose shapes do not change from step to step."""
        for name in ("before_attention", "between_attentions", "after_attentions"):
            setattr(self, name, torch.compile(getattr(self, name)))

    def pack(self) -> None:
        """Lay the weights that every token meets out for inference on a CPU (layers.packing)."""
        self.attn1.packed_input = PackedLinear(self.attn1.to_q, self.attn1.to_k, self.attn1.to_v)
        for module in (self.attn1.out, self.attn2.to_q, self.attn2.out, *self.ffn.modules()):
            if isinstance(module, PackableLinear):
                module.pack()

    def forward(
        self,
        x: Float[Tensor, "n d"],
        modulation: Float[Tensor, "c 6 d"],
        chunk_index: Int[Tensor, " n"],
        turn: Rotation,
        prompt: PromptKeys,
        groups: Groups,
        past: KeyValue | None,
    ) -> tuple[Float[Tensor, "n d"], KeyValue]:
        """Update the tokens; ``modulation`` has one row per chunk, added to the block's table."""
        table = (self.scale_shift_table + modulation).to(x.dtype)  # c 6 d
        query, key, value = self.before_attention(x, table, chunk_index, turn)
        mixed, new = attend_documents(query, key, value, groups, past)
        x, query = self.between_attentions(x, mixed, table, chunk_index)
        mixed = attend_prompts(query, prompt, groups)
        return self.after_attentions(x, mixed, table, chunk_index), new

    def read_prompt(self, text: TextContext) -> PromptKeys:
        """Project the prompts to what every token looks at."""
        key, value = (part.transpose(1, 2) for part in self.attn2.key_value(text.embeds))
        return PromptKeys(key, value, None if text.mask is None else text.mask[:, None, None])

    def before_attention(
        self, x: Tensor, table: Tensor, chunk_index: Tensor, turn: Rotation
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Norm, modulation and projection to rotated queries and keys, and values (n heads e)."""
        x = modulate(self.norm1(x), table[:, 0], table[:, 1], chunk_index)
        return self.attn1.turned(x, turn)

    def between_attentions(
        self, x: Tensor, mixed: Tensor, table: Tensor, chunk_index: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Add self-attention's output; return the tokens and their queries to the prompt."""
        x = add_gated(x, self.attn1.out(mixed), table[:, 2], chunk_index)
        return x, self.attn2.query(self.norm2(x))

    def after_attentions(
        self, x: Tensor, mixed: Tensor, table: Tensor, chunk_index: Tensor
    ) -> Tensor:
        """Add cross-attention's output, then the MLP's."""
        x = x + self.attn2.out(mixed)
        mlp = self.ffn(modulate(self.norm3(x), table[:, 3], table[:, 4], chunk_index))
        return add_gated(x, mlp, table[:, 5], chunk_index)


def modulate(
    x: Float[Tensor, "n d"],
    shift: Float[Tensor, "c d"],
    scale: Float[Tensor, "c d"],
    chunk_index: Int[Tensor, " n"],
) -> Float[Tensor, "n d"]:
    """Return ``x * (1 + scale) + shift`` with the row of each token's chunk (AdaLN, DiT)."""
    scale = (1 + scale).index_select(0, chunk_index)
    return torch.addcmul(shift.index_select(0, chunk_index), x, scale)


def add_gated(
    x: Float[Tensor, "n d"],
    update: Float[Tensor, "n d"],
    gate: Float[Tensor, "c d"],
    chunk_index: Int[Tensor, " n"],
) -> Float[Tensor, "n d"]:
    """Return ``x + update * gate`` with the row of each token's chunk."""
    return torch.addcmul(x, update, gate.index_select(0, chunk_index))
