import torch

from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig


def test_padding_does_not_change_the_embeds_of_a_prompt() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(
        TextEncoderConfig(vocab_size=32, hidden_size=16, num_layers=2, num_heads=2, max_length=12)
    )
    ids = torch.tensor([[5, 6, 7, 0, 0, 0]])
    mask = ids > 0
    short = encoder(ids[:, :3], mask[:, :3])
    torch.testing.assert_close(encoder(ids, mask)[:, :3], short)


def test_word_order_matters() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(
        TextEncoderConfig(vocab_size=32, hidden_size=16, num_layers=1, num_heads=2)
    )
    mask = torch.ones(1, 3, dtype=torch.bool)
    one = encoder(torch.tensor([[5, 6, 7]]), mask)
    other = encoder(torch.tensor([[7, 6, 5]]), mask)
    assert (one.mean(1) - other.mean(1)).abs().max() > 1e-4
