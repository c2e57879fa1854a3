import torch

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import Chunk, Document, build_layout, split_chunks


def test_the_first_latent_frame_is_a_chunk_of_its_own() -> None:
    assert split_chunks(1, 2) == (Chunk(0, 1),)
    assert split_chunks(6, 2) == (Chunk(0, 1), Chunk(1, 2), Chunk(3, 2), Chunk(5, 1))


def test_positions_are_true_times_whatever_the_order() -> None:
    chunks = split_chunks(3, 2)
    layout = build_layout([Document(LatentShape(3, 1, 2), chunks[::-1])])
    assert layout.positions[:, 0].tolist() == [1, 1, 2, 2, 0, 0]
    assert layout.chunk_index.tolist() == [0, 0, 0, 0, 1, 1]


def test_documents_of_equal_length_share_a_group_and_keep_their_own_order() -> None:
    chunks = split_chunks(3, 2)
    grid = LatentShape(3, 1, 1)
    documents = [
        Document(LatentShape(1, 1, 2), split_chunks(1, 2)),
        Document(grid, chunks),
        Document(grid, chunks[::-1]),
    ]
    layout = build_layout(documents)
    picture, clips = layout.groups
    assert picture.mask is None and picture.num_tokens == 2
    assert (clips.first_token, clips.num_documents, clips.first_document) == (2, 2, 1)
    assert clips.mask is not None
    forward = torch.tensor([[1, 0, 0], [1, 1, 1], [1, 1, 1]], dtype=torch.bool)
    backward = torch.tensor([[1, 1, 0], [1, 1, 0], [1, 1, 1]], dtype=torch.bool)
    assert torch.equal(clips.mask[:, 0], torch.stack((forward, backward)))


def test_full_attention_needs_no_mask() -> None:
    layout = build_layout([Document(LatentShape(3, 2, 2), split_chunks(3, 2))], causal=False)
    assert layout.groups[0].mask is None
