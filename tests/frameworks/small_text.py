"""What the trainers of the tests learn: a few sentences as bytes, and a transformer that was never trained."""

from __future__ import annotations

SENTENCES = (
    "The kettle boils in the kitchen while the cat sleeps on the sill.",
    "A tram stops at the corner and nobody gets off.",
    "Snow fell on the harbour, and by noon it was gone.",
    "She counted the boats twice, and twice there were nine.",
    "Nine boats, two cranes, one gull that wanted everything.",
    "The clock of the town hall is four minutes late since spring.",
    "He repairs radios, and on Sundays he repairs the clock.",
    "On Monday it is late again.",
)
LENGTH = 48  # bytes of a row


def rows(count: int) -> list[dict[str, list[int]]]:
    text = " ".join(SENTENCES).encode()
    pieces = [list((text + text)[start : start + LENGTH]) for start in range(0, count * 7, 7)]
    return [{"input_ids": piece, "labels": piece} for piece in pieces]


def model():
    from transformers import GPT2Config, GPT2LMHeadModel, set_seed

    set_seed(0)
    sizes = {"n_positions": LENGTH, "n_embd": 64, "n_layer": 2, "n_head": 2, "vocab_size": 256}
    return GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=0))
